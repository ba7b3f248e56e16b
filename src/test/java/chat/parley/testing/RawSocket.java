package chat.parley.testing;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A WebSocket with nothing around it: says what a good client would not, and hears everything. */
public final class RawSocket {
  /** The plain socket's path. */
  public static final String WS = "/v1/ws";

  /** The same frames over SockJS without its envelope. */
  public static final String SOCKJS = "/v1/sockjs/websocket";

  private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;

  /**
   * @param client kept for as long as the socket is: one that is collected closes its sockets
   */
  private RawSocket(WebSocketClient client, WebSocket socket) {
    this.socket = socket;
    socket.textMessageHandler(
        text -> {
          Documented.frame(text);
          heard.add(text);
          frames.add(new JsonObject(text));
        });
    // What goes wrong on the line is told by its close.
    socket.exceptionHandler(fault -> {});
    socket.closeHandler(
        gone -> {
          client.close();
          closed.complete(socket.closeStatusCode() == null ? -1 : code(socket));
        });
  }

  private static int code(WebSocket socket) {
    heardReason(socket);
    return socket.closeStatusCode();
  }

  private static void heardReason(WebSocket socket) {
    String reason = socket.closeReason();
    if (reason != null && reason.contains("Exception")) {
      throw new AssertionError("the close reason names an exception: " + reason);
    }
  }

  /** Connects; {@code origin} may be null. */
  public static Future<RawSocket> open(Vertx vertx, int port, String path, String origin) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    if (origin != null) {
      options.addHeader("Origin", origin);
    }
    WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(1 << 24).setMaxMessageSize(1 << 24));
    return client.connect(options).map(socket -> new RawSocket(client, socket));
  }

  /** Says hello and waits for the end of the sync, whatever it brings. */
  public RawSocket enter(String token) {
    say("hello", null, new JsonObject().put("token", token));
    await("welcome");
    await("sync.end");
    return this;
  }

  /** Sends a frame. {@code id} may be null. */
  public void say(String type, String id, JsonObject data) {
    JsonObject frame = new JsonObject().put("t", type).put("d", data);
    sayRaw(id == null ? frame.encode() : frame.put("id", id).encode());
  }

  /** Sends a message under a clientMsgId that is also the request's id. */
  public void send(String conversationId, String clientMsgId, String text) {
    say(
        "message.send",
        clientMsgId,
        new JsonObject()
            .put("conversationId", conversationId)
            .put("clientMsgId", clientMsgId)
            .put("body", new JsonObject().put("text", text)));
  }

  /** Sends any text. */
  public void sayRaw(String text) {
    socket.writeTextMessage(text);
  }

  /** Sends any bytes. */
  public void sayBytes(Buffer bytes) {
    socket.writeBinaryMessage(bytes);
  }

  /** The next frame of this type; those before it are passed over. */
  public JsonObject await(String type) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Await.PATIENCE_SECONDS);
    try {
      while (true) {
        JsonObject frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (frame == null) {
          throw new AssertionError("no " + type + " among " + heard);
        }
        if (type.equals(frame.getString("t"))) {
          return frame.getJsonObject("d").put("frameId", frame.getString("id"));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Everything heard so far, as it came. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /** The code with which the server closes this socket. */
  public int closeCode() {
    try {
      return closed.get(Await.PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not closed; heard " + heard, e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Says goodbye. */
  public void close() {
    socket.close();
  }
}

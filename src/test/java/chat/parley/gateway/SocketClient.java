package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A plain WebSocket client for tests: frames in a queue, waits with a deadline. */
final class SocketClient {
  static final long DEADLINE_MS = 8_000;

  private final BlockingQueue<JsonObject> frames = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private final WebSocket socket;

  /**
   * @param client kept for as long as the socket is: one that is collected closes its sockets
   */
  private SocketClient(WebSocketClient client, WebSocket socket, boolean keep) {
    this.socket = socket;
    socket.textMessageHandler(
        text -> {
          if (keep) {
            frames.add(new JsonObject(text));
          }
        });
    socket.exceptionHandler(fault -> {});
    socket.closeHandler(
        gone -> {
          client.close();
          closed.complete(
              socket.closeStatusCode() == null ? -1 : socket.closeStatusCode().intValue());
        });
  }

  /** One that does not look at what it gets. */
  static SocketClient connectQuietly(Vertx vertx, int port, String path) throws Exception {
    return connect(vertx, port, path, null, false);
  }

  static SocketClient connect(Vertx vertx, int port, String path, String origin) throws Exception {
    return connect(vertx, port, path, origin, true);
  }

  private static SocketClient connect(
      Vertx vertx, int port, String path, String origin, boolean keep) throws Exception {
    WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions().setMaxFrameSize(1 << 24).setMaxMessageSize(1 << 24));
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI(path);
    if (origin != null) {
      options.addHeader("Origin", origin);
    }
    CompletableFuture<SocketClient> connected = new CompletableFuture<>();
    client
        .connect(options)
        .map(socket -> new SocketClient(client, socket, keep))
        .onSuccess(connected::complete)
        .onFailure(connected::completeExceptionally);
    return connected.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
  }

  void say(String type, String id, JsonObject data) {
    JsonObject frame = new JsonObject().put("t", type).put("d", data);
    sayRaw(id == null ? frame.encode() : frame.put("id", id).encode());
  }

  Future<Void> sayRaw(String text) {
    return socket.writeTextMessage(text);
  }

  WebSocket socket() {
    return socket;
  }

  /** The next frame, which must be of this type; its data. */
  JsonObject next(String type) throws InterruptedException {
    JsonObject frame = nextFrame();
    if (!type.equals(frame.getString("t"))) {
      throw new AssertionError("expected " + type + ", got " + frame.encode());
    }
    return frame.getJsonObject("d");
  }

  JsonObject nextFrame() throws InterruptedException {
    JsonObject frame = frames.poll(DEADLINE_MS, TimeUnit.MILLISECONDS);
    if (frame == null) {
      throw new AssertionError("no frame in time, closed: " + closed.getNow(null));
    }
    return frame;
  }

  /** The numbers of the next changes. */
  List<Long> nextChanges(int count) throws InterruptedException {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbers.add(next("message.new").getLong("changeSeq"));
    }
    return numbers;
  }

  boolean hasNothing() {
    return frames.isEmpty();
  }

  int closeCode() throws Exception {
    return closed.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
  }

  /** Says hello and waits for the end of a sync that brings nothing. */
  SocketClient enter(String token) throws InterruptedException {
    say("hello", null, new JsonObject().put("token", token));
    next("welcome");
    next("sync.begin");
    next("sync.end");
    return this;
  }
}

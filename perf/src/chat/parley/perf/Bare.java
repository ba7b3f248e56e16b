package chat.parley.perf;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.function.BiConsumer;

/**
 * A device that is no more than a socket: it says hello, sends when it is told to, and hands on
 * what it hears by its type, decoding nothing else. It never retries by itself. On one event loop.
 */
final class Bare {
  private static final long BEAT_MS = 25_000;
  private static final String TYPE = "{\"t\":\"";
  private static final String CONVERSATION = "\"conversationId\":\"";
  private static final long SAY_NANOS = 500_000_000;

  private final WebSocket socket;

  /** Vert.x closes a client, and all its sockets, when nobody has a hold of it any more. */
  @SuppressWarnings("unused")
  private final WebSocketClient client;

  private final Promise<Void> inSync = Promise.promise();
  private final Promise<Integer> gone = Promise.promise();
  private long saidAt = System.nanoTime();
  private BiConsumer<String, String> listener = (type, text) -> {};

  private Bare(WebSocket socket, WebSocketClient client) {
    this.socket = socket;
    this.client = client;
    socket.textMessageHandler(this::hear);
    socket.exceptionHandler(fault -> {});
    socket.closeHandler(
        closed -> {
          gone.tryComplete(code(socket));
          inSync.tryFail("closed with " + code(socket));
        });
  }

  private static int code(WebSocket socket) {
    try {
      return socket.closeStatusCode() == null ? 1006 : socket.closeStatusCode();
    } catch (NullPointerException noCloseFrame) {
      return 1006; // Vert.x 5.0.8 unboxes the code that is not there
    }
  }

  /**
   * A client for very many of them. {@code receiveBytes} of each socket in the kernel; 0: usual.
   */
  static WebSocketClient client(Vertx vertx, int receiveBytes) {
    WebSocketClientOptions options =
        new WebSocketClientOptions()
            .setMaxConnections(20_000)
            .setMaxFrameSize(1 << 24)
            .setMaxMessageSize(1 << 24)
            .setConnectTimeout(5_000);
    if (receiveBytes > 0) {
      options.setReceiveBufferSize(receiveBytes);
    }
    return vertx.createWebSocketClient(options);
  }

  /**
   * Connects and says hello, on a context of Vert.x; completes when the socket is open, see {@link
   * #inSync}.
   *
   * @param from the address that a proxy would name; null where none is between
   * @param cursors changeSeq by conversation; null for the server's own record
   */
  static Future<Bare> open(
      WebSocketClient client, int port, String token, String from, JsonObject cursors) {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions().setHost("127.0.0.1").setPort(port).setURI("/v1/ws");
    options.setTimeout(5_000);
    if (from != null) {
      options.putHeader("X-Forwarded-For", from);
    }
    return client
        .connect(options)
        .map(
            socket -> {
              Bare bare = new Bare(socket, client);
              JsonObject hello = new JsonObject().put("token", token);
              if (cursors != null) {
                hello.put("cursors", cursors);
              }
              bare.write(new JsonObject().put("t", "hello").put("d", hello).encode());
              bare.beat();
              return bare;
            });
  }

  /** As clients do: who is silent for two and a half beats is closed as lost (4008). */
  private void beat() {
    Vertx vertx = Vertx.currentContext().owner();
    long beats = vertx.setPeriodic(BEAT_MS, beat -> write("{\"t\":\"ping\"}"));
    gone().onComplete(code -> vertx.cancelTimer(beats));
  }

  /** Completes when its first sync is over. */
  Future<Void> inSync() {
    return inSync.future();
  }

  /** Completes with the code when it is closed. */
  Future<Integer> gone() {
    return gone.future();
  }

  /** Hears each frame's type and text from now on. */
  void listen(BiConsumer<String, String> to) {
    listener = to;
  }

  /** Sends a message; the answer bears its clientMsgId as the frame's id. */
  void send(String conversationId, String clientMsgId, String text) {
    write(
        new JsonObject()
            .put("t", "message.send")
            .put("id", clientMsgId)
            .put(
                "d",
                new JsonObject()
                    .put("conversationId", conversationId)
                    .put("clientMsgId", clientMsgId)
                    .put("body", new JsonObject().put("text", text)))
            .encode());
  }

  void write(String frame) {
    if (!socket.isClosed()) {
      socket.writeTextMessage(frame);
    }
  }

  /** From now on nothing is read from it: what a client does that hangs. */
  void stopReading() {
    socket.pause();
  }

  void close() {
    socket.close();
  }

  private void hear(String text) {
    String type = text.substring(TYPE.length(), text.indexOf('"', TYPE.length()));
    if (type.equals("sync.end")) {
      inSync.tryComplete();
    } else if (type.equals("message.new")) {
      sayWhatItHas(text);
    }
    listener.accept(type, text);
  }

  /** As clients do, at most twice a second; else all would be sent again. */
  private void sayWhatItHas(String text) {
    long now = System.nanoTime();
    if (now - saidAt < SAY_NANOS) {
      return;
    }
    saidAt = now;
    int at = text.indexOf(CONVERSATION) + CONVERSATION.length();
    write(
        "{\"t\":\"receipt.delivered\",\"d\":{\"cursors\":{\""
            + text.substring(at, text.indexOf('"', at))
            + "\":"
            + changeSeqOf(text)
            + "}}}");
  }

  /** The id of the request that a frame answers; empty where there is none. */
  static String idOf(String text) {
    int at = text.indexOf("\"id\":\"");
    return at < 0 ? "" : text.substring(at + 6, text.indexOf('"', at + 6));
  }

  /** The number of a change, or -1. */
  static long changeSeqOf(String text) {
    int at = text.indexOf("\"changeSeq\":");
    long number = at < 0 ? -1 : 0;
    for (int i = at + 12; at >= 0 && i < text.length() && Character.isDigit(text.charAt(i)); i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }
}

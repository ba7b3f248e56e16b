package chat.parley.client;

import io.netty.buffer.ByteBufUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One connection: frames out, frames in, answers to their requests. It knows no conversation and
 * never reconnects. A frame that the server would take for a breach of the protocol, being too
 * long, is not written: it fails alone. On the group's loop only.
 */
public final class ParleySocket {
  /** What the connection tells its owner. */
  interface Owner {
    /** A frame that answers no request, in the order of arrival. */
    void frame(Frame frame);

    /** Something came in, whatever it was; called before it is handled. */
    void heard();

    /** A frame that asks for no answer was too long to be sent. */
    void unsent(ProblemException problem);

    /** The connection is gone, once, after all its requests have failed. */
    void gone(int code);
  }

  static final int NO_CODE = 1006;

  /** What a frame to the server holds where no welcome has said so yet. */
  static final int USUAL_FRAME_BYTES = 65_536;

  private record Request(Promise<Frame> promise, long deadline) {}

  private final ClientWebSocket webSocket;
  private final FrameReader reader;
  private final int number;
  private final Owner owner;
  private final Map<String, Request> requests = new LinkedHashMap<>();
  private int mostFrameBytes = USUAL_FRAME_BYTES;
  private long lastId;
  private long answered;
  private boolean gone;

  private ParleySocket(ClientWebSocket webSocket, FrameReader reader, int number, Owner owner) {
    this.webSocket = webSocket;
    this.reader = reader;
    this.number = number;
    this.owner = owner;
  }

  /** Connects. A connect that fails tells the owner nothing but fails the future. */
  static Future<ParleySocket> open(
      WebSocketClient client,
      WebSocketConnectOptions options,
      FrameReader reader,
      int number,
      Owner owner) {
    ClientWebSocket webSocket = client.webSocket();
    ParleySocket socket = new ParleySocket(webSocket, reader, number, owner);
    webSocket.textMessageHandler(socket::received);
    // What goes wrong on a connection ends it, and the end is told by the close handler.
    webSocket.exceptionHandler(failure -> webSocket.close((short) 1002));
    webSocket.closeHandler(v -> socket.ended(socket.closeCode()));
    return webSocket.connect(options).map(socket);
  }

  /** 1 for the device's first connection, and so on. */
  public int number() {
    return number;
  }

  /** Whether the connection has ended: nothing is written any more. */
  boolean isGone() {
    return gone;
  }

  /** So many bytes a frame to the server may have from now on. */
  void limitFrames(int mostBytes) {
    mostFrameBytes = mostBytes;
  }

  /** How many bytes a frame to the server may have. */
  int mostFrameBytes() {
    return mostFrameBytes;
  }

  /** The number of the last request; 0 before the first. */
  long asked() {
    return lastId;
  }

  /**
   * The highest number of a request that was answered; 0 before the first answer. Frames go in
   * order, so whatever was sent before that request has reached the server.
   */
  long answered() {
    return answered;
  }

  private void received(String text) {
    if (gone) {
      return;
    }
    owner.heard();
    Frame frame;
    try {
      frame = reader.read(text);
    } catch (RuntimeException e) {
      // Not the protocol: come back on a fresh connection rather than guess what was meant.
      abandon();
      return;
    }
    Request request = frame.id() == null ? null : requests.remove(frame.id());
    if (request == null) {
      owner.frame(frame);
      return;
    }
    answered = Math.max(answered, Long.parseLong(frame.id()));
    if (frame.type().equals("error")) {
      request.promise.fail(ProblemException.from(frame.data(), 0));
    } else {
      request.promise.complete(frame);
    }
  }

  private int closeCode() {
    try {
      Short code = webSocket.closeStatusCode();
      return code == null ? NO_CODE : code;
    } catch (NullPointerException e) {
      // Vert.x 5.0.8 unboxes the code that a connection without a close frame does not have.
      return NO_CODE;
    }
  }

  private void ended(int code) {
    if (gone) {
      return;
    }
    gone = true;
    failAll(new ConnectionLostException("the connection was lost"));
    owner.gone(code);
  }

  /** Sends a frame that asks for no answer. Where it is too long, the owner is told instead. */
  void send(String type, JsonObject data) {
    if (gone) {
      return;
    }
    String text = new JsonObject().put("t", type).put("d", data).encode();
    if (isTooLong(text)) {
      owner.unsent(tooLong());
    } else {
      webSocket.writeTextMessage(text);
    }
  }

  /**
   * Sends a frame and waits for its answer; fails with the problem, or as lost at the deadline
   * (monotonic nanos). A frame that is too long fails at once, with the problem that the server
   * would name.
   */
  Future<Frame> request(String type, JsonObject data, long deadline) {
    if (gone) {
      return Future.failedFuture(new ConnectionLostException("the connection was lost"));
    }
    String id = Long.toString(lastId + 1);
    String text = new JsonObject().put("t", type).put("id", id).put("d", data).encode();
    if (isTooLong(text)) {
      return Future.failedFuture(tooLong());
    }
    lastId++;
    Promise<Frame> promise = Promise.promise();
    requests.put(id, new Request(promise, deadline));
    webSocket.writeTextMessage(text);
    return promise.future();
  }

  private boolean isTooLong(String text) {
    if (text.length() > mostFrameBytes) {
      return true;
    }
    // No character takes more than three bytes: most frames need not be counted.
    return text.length() > mostFrameBytes / 3 && ByteBufUtil.utf8Bytes(text) > mostFrameBytes;
  }

  private ProblemException tooLong() {
    return new ProblemException(
        413, "payload_too_large", "a frame holds at most " + mostFrameBytes + " bytes", false, 0);
  }

  /** Gives up on requests whose time is over. */
  void expire(long now) {
    List<Request> late = new ArrayList<>();
    // In the order of sending and with one patience for all: the first that has time left ends the
    // walk.
    var entries = requests.values().iterator();
    while (entries.hasNext()) {
      Request request = entries.next();
      if (request.deadline - now > 0) {
        break;
      }
      entries.remove();
      late.add(request);
    }
    late.forEach(request -> request.promise.fail(new ConnectionLostException("no answer in time")));
  }

  private void failAll(RuntimeException failure) {
    List<Request> open = new ArrayList<>(requests.values());
    requests.clear();
    open.forEach(request -> request.promise.fail(failure));
  }

  /**
   * Closes in an orderly way. The owner hears no more of it: an answer that is on its way would
   * else be shown by a device that is off, and again by the one that takes its place.
   */
  void close() {
    gone = true;
    failAll(new ConnectionLostException("the device has closed the connection"));
    webSocket.close((short) 1000);
  }

  /**
   * Treats the connection as dead without waiting for the other side: what a device that lost its
   * network sees.
   */
  void abandon() {
    ended(NO_CODE);
    webSocket.close((short) 1001);
  }
}

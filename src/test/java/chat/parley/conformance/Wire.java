package chat.parley.conformance;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;

/** One client's connection as the scenario's server holds it; on the server's loop only. */
abstract class Wire {
  private final Vertx vertx;
  private final long eachFrameMs;
  private Future<Void> tail = Future.succeededFuture();

  /** The device has said hello, so live frames reach it. */
  boolean live;

  /**
   * {@code eachFrameMs} above 0: a link on which every frame takes so long, and comes in two
   * pieces.
   */
  private Wire(Vertx vertx, long eachFrameMs) {
    this.vertx = vertx;
    this.eachFrameMs = eachFrameMs;
  }

  static Wire of(Vertx vertx, long eachFrameMs, ServerWebSocket socket, HttpConnection line) {
    return new Wire(vertx, eachFrameMs) {
      @Override
      Future<Void> put(String text) {
        return socket.writeTextMessage(text);
      }

      @Override
      Future<Void> putInPieces(String text) {
        int half = text.length() / 2;
        return socket
            .writeFrame(WebSocketFrame.textFrame(text.substring(0, half), false))
            .compose(
                first ->
                    socket.writeFrame(
                        WebSocketFrame.continuationFrame(
                            Buffer.buffer(text.substring(half)), true)));
      }

      @Override
      void close(int code) {
        socket.close((short) code);
      }

      @Override
      void cut() {
        line.close();
      }
    };
  }

  /** SockJS carries no close codes of ours: the last frame says them. */
  static Wire of(Vertx vertx, long eachFrameMs, SockJSSocket socket) {
    return new Wire(vertx, eachFrameMs) {
      @Override
      Future<Void> put(String text) {
        return socket.write(text);
      }

      @Override
      Future<Void> putInPieces(String text) {
        return put(text);
      }

      @Override
      void close(int code) {
        JsonObject said = new JsonObject().put("code", code).put("reason", "");
        put(new JsonObject().put("t", "closing").put("d", said).encode())
            .onComplete(written -> socket.close());
      }

      @Override
      void cut() {
        socket.close();
      }
    };
  }

  /** Frames keep their order, however slow the link is. */
  void write(String text) {
    if (eachFrameMs == 0) {
      put(text);
    } else {
      tail =
          tail.compose(done -> vertx.timer(eachFrameMs).<Void>mapEmpty())
              .compose(waited -> putInPieces(text))
              .otherwiseEmpty();
    }
  }

  abstract Future<Void> put(String text);

  abstract Future<Void> putInPieces(String text);

  abstract void close(int code);

  /** Ends it without a word, where the transport has such an end. */
  abstract void cut();
}

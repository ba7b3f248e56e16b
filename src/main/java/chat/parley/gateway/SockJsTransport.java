package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A SockJS session or SockJS's raw WebSocket. A session cannot carry our close codes (its client
 * always sees 3000), so the code is said in a last frame {@code closing {code, reason}}.
 */
final class SockJsTransport implements Transport {
  private final SockJSSocket socket;
  private final Supplier<HttpConnection> line;
  private final Runnable onEnd;

  /** {@code line} says what carries the session now; {@code onEnd} is called when it is over. */
  SockJsTransport(SockJSSocket socket, Supplier<HttpConnection> line, Runnable onEnd) {
    this.socket = socket;
    this.line = line;
    this.onEnd = onEnd;
  }

  @Override
  public void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed) {
    socket.exceptionHandler(fault -> {});
    socket.closeHandler(
        closed -> {
          onEnd.run();
          onClosed.run();
        });
    socket.handler(message -> onText.accept(message.toString()));
  }

  @Override
  public Future<Void> write(String text) {
    return socket.write(text);
  }

  @Override
  public void close(int code, String reason) {
    // A session's close throws away what is not written yet, so the frame goes out first.
    socket
        .write(ServerFrames.of("closing", new JsonObject().put("code", code).put("reason", reason)))
        .onComplete(written -> socket.close(code, reason));
  }

  @Override
  public void abort() {
    HttpConnection carrier = line.get();
    socket.close();
    Line.cut(carrier);
  }

  @Override
  public void pause() {
    // A paused session would queue without bound inside SockJS; the refusal past twice the bound of
    // requests under way holds instead.
  }

  @Override
  public void resume() {
    // Never paused.
  }
}

package chat.parley.gateway;

import io.vertx.core.Future;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.ServerWebSocket;
import java.util.function.Consumer;

/** A plain WebSocket. */
final class WebSocketTransport implements Transport {
  private final ServerWebSocket socket;
  private final HttpConnection line;

  WebSocketTransport(ServerWebSocket socket, HttpConnection line) {
    this.socket = socket;
    this.line = line;
  }

  @Override
  public void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed) {
    // A fault of the line (a reset, a frame beyond the limits) is followed by the close.
    socket.exceptionHandler(fault -> {});
    socket.closeHandler(closed -> onClosed.run());
    socket.binaryMessageHandler(message -> onBinary.run());
    socket.textMessageHandler(onText::accept);
  }

  @Override
  public Future<Void> write(String text) {
    return socket.writeTextMessage(text);
  }

  @Override
  public void close(int code, String reason) {
    socket.close((short) code, reason);
  }

  @Override
  public void abort() {
    Line.cut(line);
  }

  @Override
  public void pause() {
    socket.pause();
  }

  @Override
  public void resume() {
    socket.resume();
  }
}

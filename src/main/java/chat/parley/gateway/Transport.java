package chat.parley.gateway;

import io.vertx.core.Future;
import java.util.function.Consumer;

/** One socket, whatever carries it. Used on its event loop only. */
interface Transport {
  /** Completes when the bytes have left for the kernel; that is what tells a slow reader. */
  Future<Void> write(String text);

  /** Says goodbye; what was written before still goes out where the peer reads it. */
  void close(int code, String reason);

  /** Cuts the line without a word. */
  void abort();

  /** Stops reading from the peer where the transport can; what is read already still comes. */
  void pause();

  void resume();

  /** Sets who is told; before that nothing is read. */
  void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed);
}

package chat.parley;

import java.io.PrintWriter;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the process at once where the virtual machine has failed under one of its threads, most
 * often because memory ran out. Such a thread is gone, whatever it did, and the node would go on
 * without it: look healthy, and deliver nothing. What was acked is stored; the rest is what any
 * crash leaves. An error that a library takes for itself does not come here, so {@code
 * -XX:+ExitOnOutOfMemoryError} is the better of the two; this one needs no flag.
 */
final class FatalErrors implements Thread.UncaughtExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FatalErrors.class);

  private final PrintWriter err;
  private final Runnable end;

  /**
   * For all threads that have no handler of their own.
   *
   * @param end halts the process
   */
  FatalErrors(PrintWriter err, Runnable end) {
    this.err = err;
    this.end = end;
  }

  @Override
  public void uncaughtException(Thread thread, Throwable cause) {
    if (cause instanceof VirtualMachineError) {
      try {
        err.println(
            "Parley ends: "
                + cause
                + " in "
                + thread.getName()
                + ". Where it is memory that lacks, give it more (java -Xmx). Start it again.");
        err.flush();
      } finally {
        end.run();
      }
    }
    if (hasNobodyToTell(cause)) {
      return;
    }
    LOG.atError().setCause(cause).addKeyValue("thread", thread.getName()).log("a thread ended");
  }

  /** Of work that ends after the event loops have: the node has closed, and no one waits for it. */
  private static boolean hasNobodyToTell(Throwable cause) {
    return cause instanceof RejectedExecutionException
        && "event executor terminated".equals(cause.getMessage());
  }
}

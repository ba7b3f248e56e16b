package chat.parley.overload;

import java.util.concurrent.atomic.AtomicBoolean;

/** A send that a node has let in. */
public final class Send {
  private final SendsInFlight sends;
  private final long begunAt;
  private final AtomicBoolean over = new AtomicBoolean();

  Send(SendsInFlight sends, long begunAt) {
    this.sends = sends;
    this.begunAt = begunAt;
  }

  /** It is over; to be said once, whatever became of it. {@code done}: all of it was done. */
  public void end(boolean done) {
    if (over.compareAndSet(false, true)) {
      sends.ended(begunAt, done);
    }
  }
}

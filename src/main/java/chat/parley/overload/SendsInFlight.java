package chat.parley.overload;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sends that one gateway has under way, and their bound: by Little's law what is accepted waits
 * no longer than the bound divided by what the node gets done. Thread-safe.
 */
final class SendsInFlight {
  private final int most;
  private final AtomicInteger count = new AtomicInteger();

  SendsInFlight(int most) {
    this.most = most;
  }

  /** Whether one more may begin; whoever is told so says {@link #end} once. */
  boolean tryBegin() {
    if (count.incrementAndGet() <= most) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  void end() {
    count.decrementAndGet();
  }

  /** Full where the bound is reached; it refuses by itself, so the ladder need not. */
  Signal signal() {
    return new Signal("sends", count::get, Math.max(0.5, most / 2.0), most, Work.PROJECTIONS);
  }
}

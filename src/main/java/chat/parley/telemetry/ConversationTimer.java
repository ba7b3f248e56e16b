package chat.parley.telemetry;

import chat.parley.model.ConversationId;
import chat.parley.model.DmPair;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;

/**
 * A latency by the type of the conversation, as far as its id tells it: {@code dm} or {@code
 * group}. It costs no read and no lookup, so every message may be measured.
 */
public final class ConversationTimer {
  private final Timer dm;
  private final Timer group;

  /** {@code description} says which clocks the figure uses. */
  public ConversationTimer(MeterRegistry meters, String name, String description) {
    this.dm = Latency.timer(meters, name, description, "type", "dm");
    this.group = Latency.timer(meters, name, description, "type", "group");
  }

  /** A time on one node's monotonic clock. */
  public void recordNanos(ConversationId conversation, long nanos) {
    of(conversation).record(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * A time between two wall clocks, in milliseconds: where the second is behind the first it counts
   * as none, never as less.
   */
  public void recordBetween(ConversationId conversation, long fromMs, long toMs) {
    of(conversation).record(Math.max(0, toMs - fromMs), TimeUnit.MILLISECONDS);
  }

  private Timer of(ConversationId conversation) {
    return DmPair.isIdOfPair(conversation) ? dm : group;
  }
}

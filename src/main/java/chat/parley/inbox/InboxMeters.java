package chat.parley.inbox;

import chat.parley.event.Change;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What an operator sees of the inboxes' rows. */
final class InboxMeters {
  private final Clock clock;
  private final Counter changes;
  private final Counter rows;
  private final Counter sampled;
  private final Counter drifted;
  private final Timer lag;
  private volatile long driftOfThisPass;
  private volatile long driftOfLastPass;

  InboxMeters(MeterRegistry meters, Clock clock) {
    this.clock = clock;
    this.changes =
        Counter.builder("parley.inbox.changes")
            .description("Changes that the rows of inboxes have followed, repeated ones too")
            .register(meters);
    this.rows =
        Counter.builder("parley.inbox.rows")
            .description("Rows of inboxes written: one a member, for all changes of a batch")
            .register(meters);
    this.sampled =
        Counter.builder("parley.inbox.sampled")
            .description("Rows of inboxes compared with the log")
            .register(meters);
    this.drifted =
        Counter.builder("parley.inbox.drifted")
            .description("Of these, rows that lacked what the stream had brought, and were mended")
            .register(meters);
    Gauge.builder("parley.inbox.drift", () -> driftOfThisPass + driftOfLastPass)
        .description("Rows found wrong in this pass over all conversations and the one before")
        .register(meters);
    this.lag =
        Timer.builder("parley.inbox.lag")
            .description("From a change's commit until the rows follow it; between wall clocks")
            .publishPercentileHistogram()
            .register(meters);
  }

  void followed(Collection<List<Change>> followed) {
    long now = clock.millis();
    for (List<Change> all : followed) {
      changes.increment(all.size());
      for (Change change : all) {
        lag.record(Math.max(0, now - change.committedAt()), TimeUnit.MILLISECONDS);
      }
    }
  }

  void sampled(int compared) {
    sampled.increment(compared);
  }

  void drifted() {
    drifted.increment();
    driftOfThisPass++;
  }

  void passEnded() {
    driftOfLastPass = driftOfThisPass;
    driftOfThisPass = 0;
  }

  void rows(int written) {
    rows.increment(written);
  }
}

package chat.parley.gateway;

import chat.parley.bus.FailureException;
import chat.parley.limit.Allowance;
import chat.parley.overload.Overload;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/**
 * How many new sockets this node takes in a time, whoever they are of: each costs a check of its
 * token, a registration and a sync, and when a gateway dies thousands come at once. Who has to wait
 * is told so before anything is done for them, each another time.
 */
final class Arrivals {
  private final Optional<Allowance> allowance;
  private final Overload load;
  private final SyncTurns syncs;
  private final Counter refused;

  Arrivals(Optional<Allowance> allowance, Overload load, SyncTurns syncs, MeterRegistry meters) {
    this.allowance = allowance;
    this.load = load;
    this.syncs = syncs;
    this.refused =
        Counter.builder("parley.gateway.arrivals.refused")
            .description("New sockets that were told to come back later, for want of time for them")
            .register(meters);
  }

  /** Takes one in, or says why not. */
  Optional<FailureException> refusal() {
    if (!load.isFull() && !syncs.isCrowded() && isWithinAllowance()) {
      return Optional.empty();
    }
    refused.increment();
    return Optional.of(TryLater.because("too many connections at once"));
  }

  private boolean isWithinAllowance() {
    return allowance.isEmpty() || allowance.get().take(1) == 0;
  }
}

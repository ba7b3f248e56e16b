package chat.parley.limit;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the grid answers in time. Where it does not, nobody waits for it any more: it is asked
 * once a second on nobody's behalf, and counts as well with its first answer. Thread-safe.
 */
final class GridHealth {
  private static final Logger LOG = LoggerFactory.getLogger(GridHealth.class);
  private static final long PROBE_NANOS = Duration.ofSeconds(1).toNanos();

  private final LongSupplier nanos;
  private boolean well = true;
  private long probeAt;

  GridHealth(LongSupplier nanos) {
    this.nanos = nanos;
  }

  synchronized boolean isWell() {
    return well;
  }

  synchronized void answered() {
    if (!well) {
      LOG.info("the grid answers again: limits are the cluster's");
    }
    well = true;
  }

  synchronized void failed(Throwable cause) {
    if (well) {
      LOG.warn("the grid does not answer: limits are this node's own ({})", cause.toString());
    }
    well = false;
    probeAt = nanos.getAsLong() + PROBE_NANOS;
  }

  /** Whether the caller is the one to probe now. */
  synchronized boolean mayProbe() {
    if (well || nanos.getAsLong() - probeAt < 0) {
      return false;
    }
    probeAt = nanos.getAsLong() + PROBE_NANOS;
    return true;
  }
}

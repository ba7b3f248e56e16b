package chat.parley;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides when a node must end itself, for its supervisor to start it anew: what it was told on a
 * bus that the others have left cannot be trusted again. That is when it has been in the smaller
 * part of a split cluster for a while (a short split heals without anybody's death), or when its
 * member of the cluster has stopped by itself.
 */
final class CutOff implements LifecycleListener {
  private static final Logger LOG = LoggerFactory.getLogger(CutOff.class);
  private static final long CONNECTED = -1;

  private final Duration patience;
  private final LongSupplier nanos;
  private final Promise<String> hopeless = Promise.promise();
  private long since = CONNECTED;
  private volatile boolean closing;

  /**
   * @param patience how long a node may be cut off before it gives up
   * @param nanos a monotonic clock
   */
  CutOff(Duration patience, LongSupplier nanos) {
    this.patience = patience;
    this.nanos = nanos;
  }

  /** Completes with the reason, in words, when the node must not go on. */
  Future<String> hopeless() {
    return hopeless.future();
  }

  /** Hears, every beat, whether the node is cut off now. */
  synchronized void report(boolean now) {
    if (!now) {
      if (since != CONNECTED) {
        LOG.info("the cluster is whole again");
      }
      since = CONNECTED;
    } else if (since == CONNECTED) {
      since = nanos.getAsLong();
      LOG.error(
          "cut off from the larger part of the cluster: this node owns no conversation any more and"
              + " ends itself if it stays so for {} s",
          patience.toSeconds());
    } else if (nanos.getAsLong() - since >= patience.toNanos()) {
      hopeless.tryComplete(
          "cut off from the larger part of the cluster for "
              + patience.toSeconds()
              + " s (cluster.cut-off-seconds)");
    }
  }

  /** Hears why the node must not go on. */
  void giveUp(String reason) {
    LOG.error("{}", reason);
    hopeless.tryComplete(reason);
  }

  /** The node is being closed: what happens now was asked for. */
  void closing() {
    closing = true;
  }

  @Override
  public void stateChanged(LifecycleEvent event) {
    if (event.getState() == LifecycleState.SHUTDOWN && !closing) {
      hopeless.tryComplete("this node's member of the cluster has stopped by itself");
    }
  }

  /** Whether this node is cut off now. */
  synchronized boolean isNow() {
    return since != CONNECTED;
  }
}

package chat.parley.torture.scenario;

import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.NodeExit;
import chat.parley.embedded.ChildExit;
import chat.parley.embedded.Progress;
import chat.parley.torture.history.History;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Starts a node again that ends by itself, as systemd or Kubernetes would: a node that finds itself
 * cut off counts on it. And sees to it that this, and the end of a store, is written down.
 */
final class Supervisor implements AutoCloseable {
  private static final long AFTER_MS = 1_000;

  private final DevCluster cluster;
  private final Progress progress;
  private final Exits exits = new Exits();
  private final ScheduledExecutorService later =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "torture-supervisor");
            thread.setDaemon(true);
            return thread;
          });

  Supervisor(DevCluster cluster, Progress progress) {
    this.cluster = cluster;
    this.progress = progress;
    cluster.onUnexpectedExit(this::ended);
    cluster.ownStores().ifPresent(stores -> stores.onUnexpectedExit(this::ended));
  }

  /** Writes down in this history who ends by themselves, until {@link #forget}. */
  void watch(History history) {
    exits.writeTo(history);
  }

  /** The history is over; nothing more is written there. */
  void forget() {
    exits.close();
  }

  private void ended(ChildExit exit) {
    exits.ended(exit);
    progress.line(exit.name() + " ended by itself, code " + exit.code());
  }

  private void ended(NodeExit exit) {
    exits.ended(exit);
    progress.line(exit.name() + " ended by itself, code " + exit.code() + "; it is started again");
    if (!later.isShutdown()) {
      later.schedule(
          () -> cluster.node(exit.name()).ifPresent(DevNode::start),
          AFTER_MS,
          TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    later.shutdownNow();
  }
}

package chat.parley.torture.scenario;

import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.NodeExit;
import chat.parley.embedded.Progress;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Starts a node again that ends by itself, as systemd or Kubernetes would: a node that finds itself
 * cut off counts on it.
 */
final class Supervisor implements AutoCloseable {
  private static final long AFTER_MS = 1_000;

  private final DevCluster cluster;
  private final Progress progress;
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
  }

  private void ended(NodeExit exit) {
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

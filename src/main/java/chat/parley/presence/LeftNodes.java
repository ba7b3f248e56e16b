package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.registry.ClusterView;
import chat.parley.registry.Presences;
import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what a node said that has left out of the map, and notes when its users were last seen. The
 * viewers do not wait for this: their gateways drop a node's word as soon as they see it leave.
 */
final class LeftNodes {
  private static final Logger LOG = LoggerFactory.getLogger(LeftNodes.class);
  private static final String ROLE = "presence";
  private static final String GATEWAY_ROLE = "gateway";

  /** Twice, because entries may be on their way to another owner during the first. */
  private static final List<Long> SWEEPS_AFTER_MS = List.of(500L, 3_000L);

  private static final long REMEMBER_MS = 120_000;

  private final Vertx vertx;
  private final ClusterView cluster;
  private final Presences presences;
  private final Consumer<List<Departure>> seen;
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  LeftNodes(Vertx vertx, ClusterView cluster, Presences presences, Consumer<List<Departure>> seen) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.presences = presences;
    this.seen = seen;
  }

  /** A node has left; to be called on the event loop. */
  void add(String node) {
    left.add(node);
    SWEEPS_AFTER_MS.forEach(after -> vertx.setTimer(after, due -> sweep()));
    vertx.setTimer(REMEMBER_MS, due -> left.remove(node));
  }

  private void sweep() {
    Set<String> gone = new HashSet<>(left);
    gone.removeAll(cluster.nodesWith(GATEWAY_ROLE)); // one may be back: it was a split
    // One of the nodes with the role does it, by what each of them knows.
    if (gone.isEmpty() || !cluster.self().equals(new TreeSet<>(cluster.nodesWith(ROLE)).first())) {
      return;
    }
    presences
        .sweep(gone)
        .onSuccess(
            users ->
                seen.accept(
                    users.entrySet().stream()
                        .map(user -> new Departure(user.getKey(), user.getValue()))
                        .toList()))
        .onFailure(
            cause -> LOG.warn("who was at nodes that left was not noted: {}", cause.toString()));
  }
}

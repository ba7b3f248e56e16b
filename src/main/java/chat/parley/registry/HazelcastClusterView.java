package chat.parley.registry;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The cluster as this node's Hazelcast member sees it; look-ups are local and cheap. */
public final class HazelcastClusterView implements ClusterView, MembershipListener {
  private static final double MS_PER_SECOND = 1_000;

  private final HazelcastInstance hazelcast;
  private final String self;
  private final List<Consumer<String>> leaves = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> joins = new CopyOnWriteArrayList<>();
  private final List<Runnable> reunions = new CopyOnWriteArrayList<>();

  /** An id is of one run of one process: one that comes again was never dead. */
  private final Set<String> left = ConcurrentHashMap.newKeySet();

  private volatile Map<String, Set<String>> rolesByNode;

  /** {@code hazelcast} was started by {@link HazelcastStart}. */
  public HazelcastClusterView(HazelcastInstance hazelcast) {
    this.hazelcast = hazelcast;
    this.self = nodeOf(hazelcast.getCluster().getLocalMember());
    hazelcast.getCluster().addMembershipListener(this);
    look();
  }

  @Override
  public String self() {
    return self;
  }

  @Override
  public Set<String> nodesWith(String role) {
    Set<String> nodes = new HashSet<>();
    rolesByNode.forEach(
        (node, roles) -> {
          if (roles.contains(role)) {
            nodes.add(node);
          }
        });
    return nodes;
  }

  /** Whether the node is in the cluster now. */
  boolean isAlive(String node) {
    return rolesByNode.containsKey(node);
  }

  /**
   * What time it is, as all members have agreed on it, in milliseconds since the epoch: the
   * oldest's clock, as the others hear it with each heartbeat, and carried on by each one's own. So
   * it is the same on all of them whatever their own clocks say, and goes on evenly when another
   * becomes the oldest, or somebody's clock is set. For how long something lasts, not for what
   * people read.
   */
  long now() {
    return hazelcast.getCluster().getClusterTime();
  }

  /** Lets an operator see a clock that is wrong. */
  public void measure(MeterRegistry meters) {
    Gauge.builder(
            "parley.cluster.clock.ahead",
            this,
            view -> (System.currentTimeMillis() - view.now()) / MS_PER_SECOND)
        .description("Seconds that this node's clock is ahead of what the cluster agrees on")
        .baseUnit("seconds")
        .register(meters);
  }

  /** Whether this node is the one that does what only one node must do. */
  boolean isFirst() {
    return hazelcast.getCluster().getMembers().iterator().next().localMember();
  }

  @Override
  public void onLeave(Consumer<String> listener) {
    leaves.add(listener);
  }

  @Override
  public void onJoin(Consumer<String> listener) {
    joins.add(listener);
  }

  @Override
  public void onReunion(Runnable listener) {
    reunions.add(listener);
  }

  @Override
  public void memberAdded(MembershipEvent event) {
    look();
    String node = nodeOf(event.getMember());
    joins.forEach(listener -> listener.accept(node));
    if (left.remove(node)) {
      reunions.forEach(Runnable::run);
    }
  }

  @Override
  public void memberRemoved(MembershipEvent event) {
    look();
    String node = nodeOf(event.getMember());
    // A healed split takes a node's member away and adds it anew: that node has not left.
    if (isAlive(node)) {
      reunions.forEach(Runnable::run);
    } else {
      left.add(node);
      leaves.forEach(listener -> listener.accept(node));
    }
  }

  private synchronized void look() {
    Map<String, Set<String>> now = new HashMap<>();
    for (Member member : hazelcast.getCluster().getMembers()) {
      String roles = member.getAttribute(HazelcastStart.ROLES_ATTRIBUTE);
      now.put(nodeOf(member), roles == null ? Set.of() : Set.of(roles.split(",")));
    }
    rolesByNode = now;
  }

  private static String nodeOf(Member member) {
    String node = member.getAttribute(HazelcastStart.NODE_ATTRIBUTE);
    return node == null ? member.getUuid().toString() : node;
  }
}

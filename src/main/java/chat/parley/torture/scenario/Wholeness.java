package chat.parley.torture.scenario;

import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.NodeMeters;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What nodes and their meters tell of a cluster as a whole. */
final class Wholeness {
  private static final String HELD = "parley_log_shards_held";
  private static final List<String> WAITING =
      List.of(
          "parley_log_conversations_unrecovered",
          "parley_relay_backlog",
          "parley_kafka_consumer_lag");
  private static final long SHARDS = 256;

  /** Hashing spreads shards evenly enough that nobody has less than this part of a fair share. */
  private static final int PART_OF_A_SHARE = 2;

  private Wholeness() {}

  /** Whether these own every shard, each of them one node's. */
  static boolean isAllOwnedBy(List<DevNode> nodes) {
    return nodes.stream().mapToLong(node -> NodeMeters.of(node).sum(HELD)).sum() == SHARDS;
  }

  /** What is not as in a cluster to which nothing has happened, in words; nothing where all is. */
  static List<String> lacking(List<DevNode> nodes) {
    List<String> lacking = new ArrayList<>();
    nodes.stream()
        .filter(node -> node.isPaused() || !node.isReady())
        .forEach(node -> lacking.add(node.name() + " is not ready"));
    if (!lacking.isEmpty()) {
      return lacking;
    }
    List<NodeMeters> meters = nodes.stream().map(NodeMeters::of).toList();
    for (String meter : WAITING) {
      long waiting = meters.stream().mapToLong(each -> each.sum(meter)).sum();
      if (waiting > 0) {
        lacking.add(meter + " is " + waiting);
      }
    }
    lackingShards(nodes).forEach(lacking::add);
    return lacking;
  }

  private static Stream<String> lackingShards(List<DevNode> nodes) {
    List<DevNode> owners = nodes.stream().filter(Stage::isOwner).toList();
    List<Long> held = owners.stream().map(node -> NodeMeters.of(node).sum(HELD)).toList();
    long least = SHARDS / owners.size() / PART_OF_A_SHARE;
    boolean whole =
        held.stream().mapToLong(Long::longValue).sum() == SHARDS
            && held.stream().allMatch(each -> each >= least);
    return whole ? Stream.empty() : Stream.of("the nodes own " + held + " shards");
  }
}

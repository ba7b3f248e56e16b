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
    lacking.addAll(waiting(nodes.stream().map(NodeMeters::of).toList()));
    lackingShards(nodes).forEach(lacking::add);
    return lacking;
  }

  /** What these nodes have yet to do, or do not know. */
  static List<String> waiting(List<NodeMeters> nodes) {
    List<String> waiting = new ArrayList<>();
    for (String meter : WAITING) {
      if (nodes.stream().anyMatch(node -> node.isUnknown(meter))) {
        waiting.add(meter + " is not known");
        continue; // a consumer that cannot read says -1, which would make the sum too small
      }
      long sum = nodes.stream().mapToLong(node -> node.sum(meter)).sum();
      if (sum > 0) {
        waiting.add(meter + " is " + sum);
      }
    }
    return waiting;
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

package chat.parley.log;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.zip.CRC32C;

/**
 * Rendezvous hashing: every node computes the same choice, and a node that comes or goes moves only
 * its own shards.
 */
final class Rendezvous {
  private Rendezvous() {}

  /** The node for a shard; null where there is none. */
  static String choose(int shard, Collection<String> nodes) {
    String best = null;
    long bestWeight = -1;
    for (String node : nodes) {
      long weight = weight(shard, node);
      if (weight > bestWeight || weight == bestWeight && node.compareTo(best) < 0) {
        best = node;
        bestWeight = weight;
      }
    }
    return best;
  }

  private static long weight(int shard, String node) {
    CRC32C crc = new CRC32C();
    crc.update((node + "#" + shard).getBytes(StandardCharsets.UTF_8));
    long value = crc.getValue() * 0x9E3779B97F4A7C15L;
    return (value ^ value >>> 29) >>> 1;
  }
}

package chat.parley.receipts;

import chat.parley.model.ConversationId;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which node gathers the receipts of a large conversation: the one with the highest hash of node
 * and conversation (rendezvous hashing, Thaler and Ravishankar 1998), so that a node that comes or
 * goes moves its own share only. Two nodes may see different clusters for a while: then both
 * gather, and cursors are only ever raised.
 */
public final class Places {
  private final String self;
  private final Supplier<Set<String>> nodes;

  /** {@code nodes} gives those with the receipts role, by what this node knows now. */
  public Places(String self, Supplier<Set<String>> nodes) {
    this.self = self;
    this.nodes = nodes;
  }

  String self() {
    return self;
  }

  /** The nodes among which conversations are shared out now. */
  Set<String> nodes() {
    return nodes.get();
  }

  String of(ConversationId conversation) {
    String best = self;
    long highest = Long.MIN_VALUE;
    for (String node : nodes()) {
      long hash = mix(31L * node.hashCode() + conversation.value().hashCode());
      if (hash > highest || hash == highest && node.compareTo(best) > 0) {
        highest = hash;
        best = node;
      }
    }
    return best;
  }

  /** Each bit of the result depends on all bits of the argument (SplitMix64's finalizer). */
  private static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
    return mixed ^ mixed >>> 31;
  }
}

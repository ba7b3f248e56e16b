package chat.parley.log;

import java.util.BitSet;

/**
 * Which ids are surely new: says of one that was added always that it may be known, of another one
 * mostly that it is not. A filter of 64 KiB (Bloom 1970, "Space/time trade-offs in hash coding with
 * allowable errors") with two hashes in place of seven (Kirsch and Mitzenmacher 2006, "Less
 * hashing, same performance"): of 50,000 ids it takes one new one in a hundred for known, and
 * beyond that more and more.
 */
final class IdFilter {
  private static final int BITS = 1 << 19;
  private static final int PROBES = 7;

  private final BitSet bits = new BitSet(BITS);

  void add(String id) {
    long hash = hash(id);
    for (int probe = 0; probe < PROBES; probe++) {
      bits.set(place(hash, probe));
    }
  }

  boolean mayKnow(String id) {
    long hash = hash(id);
    for (int probe = 0; probe < PROBES; probe++) {
      if (!bits.get(place(hash, probe))) {
        return false;
      }
    }
    return true;
  }

  private static int place(long hash, int probe) {
    int first = (int) hash;
    int second = (int) (hash >>> 32) | 1;
    return (first + probe * second) & (BITS - 1);
  }

  /**
   * FNV-1a of 64 bits, and the end of SplitMix64: of ids that are nearly alike each bit differs.
   */
  private static long hash(String id) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < id.length(); i++) {
      hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ (hash >>> 30)) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ (hash >>> 27)) * 0x94d049bb133111ebL;
    return hash ^ (hash >>> 31);
  }
}

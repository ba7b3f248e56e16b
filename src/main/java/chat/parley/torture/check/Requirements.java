package chat.parley.torture.check;

import java.time.Duration;
import java.util.Set;

/**
 * What a run must have been for its verdict to mean something.
 *
 * @param leastAcks so many messages acked at least
 * @param leastAmended so many edits, deletes and reactions acked at least
 * @param longestGap no longer than this may sends wait without that any of all conversations gets
 *     an ack
 * @param longestGapOfOne the same for the sends of one conversation
 * @param faultSeen whether there must have been a fault, which was seen to happen
 * @param cursors whether the cursors must have been read at the end
 * @param sorts of conversations that there must have been: the words of {@code CAST}
 */
public record Requirements(
    long leastAcks,
    long leastAmended,
    Duration longestGap,
    Duration longestGapOfOne,
    boolean faultSeen,
    boolean cursors,
    Set<String> sorts) {
  /** Takes a copy. */
  public Requirements {
    sorts = Set.copyOf(sorts);
  }

  /** For a run of which nothing is known: everything but how much, how fast and what else. */
  public static Requirements least() {
    Duration any = Duration.ofDays(1);
    return new Requirements(1, 0, any, any, false, false, Set.of());
  }

  /** The same with so many acks. */
  public Requirements withLeastAcks(long acks) {
    return new Requirements(
        acks, leastAmended, longestGap, longestGapOfOne, faultSeen, cursors, sorts);
  }

  /** The same with so many amendments. */
  public Requirements withLeastAmended(long amended) {
    return new Requirements(
        leastAcks, amended, longestGap, longestGapOfOne, faultSeen, cursors, sorts);
  }

  /** The same with bounds for the time without an ack, over all and of one conversation. */
  public Requirements withLongestGaps(Duration overAll, Duration ofOne) {
    return new Requirements(leastAcks, leastAmended, overAll, ofOne, faultSeen, cursors, sorts);
  }

  /** The same with a fault that must have been seen. */
  public Requirements withFaultSeen() {
    return new Requirements(
        leastAcks, leastAmended, longestGap, longestGapOfOne, true, cursors, sorts);
  }

  /** The same with cursors that must have been read at the end. */
  public Requirements withCursors() {
    return new Requirements(
        leastAcks, leastAmended, longestGap, longestGapOfOne, faultSeen, true, sorts);
  }

  /** The same with these sorts of conversations. */
  public Requirements withSorts(Set<String> words) {
    return new Requirements(
        leastAcks, leastAmended, longestGap, longestGapOfOne, faultSeen, cursors, words);
  }
}

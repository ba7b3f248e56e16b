package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * What the log says one conversation's records in the stream must be: a digest and a time a number,
 * twelve bytes each, and which of the records were met.
 */
final class StreamDigests implements LogEvents {
  private static final long LATEST_SECOND = 0xFFFF_FFFFL;

  private final String conversation;
  private final long published;
  private final StreamKept held;
  private final BitSet present = new BitSet();
  private final BitSet due = new BitSet();
  private final BitSet large = new BitSet();
  private final BitSet met = new BitSet();
  private final Set<Long> metUnheld = new HashSet<>(0);
  private long[] digests = new long[16];
  private int[] committedAt = new int[16];
  private long first = -1;
  private long last;
  private long removed;

  /**
   * @param published everything up to it must have been in the stream
   * @param held of rows that were committed before, the stream had removed the record already: no
   *     digest is held of them
   */
  StreamDigests(String conversation, long published, StreamKept held) {
    this.conversation = conversation;
    this.published = published;
    this.held = held;
  }

  @Override
  public void committed(ChangeRow row) {
    last = row.changeSeq();
    // A record of a newer version is nobody's here, and cannot be told from one that is lacking.
    boolean isDue = row.changeSeq() <= published && Content.isKnown(row);
    if (row.committedAt() < held.since(conversation, row.large())) {
      removed += isDue ? 1 : 0;
      return;
    }
    first = first < 0 ? row.changeSeq() : first;
    int at = index(row.changeSeq());
    if (at >= digests.length) {
      digests = Arrays.copyOf(digests, Math.max(at + 1, 2 * digests.length));
      committedAt = Arrays.copyOf(committedAt, digests.length);
    }
    digests[at] = Content.digest(row);
    committedAt[at] = (int) Math.max(0, Math.min(LATEST_SECOND, row.committedAt() / 1000));
    present.set(at);
    large.set(at, row.large());
    due.set(at, isDue);
  }

  @Override
  public void end(long end) {
    digests = Arrays.copyOf(digests, present.length());
    committedAt = Arrays.copyOf(committedAt, digests.length);
  }

  private int index(long number) {
    return Math.toIntExact(number - first);
  }

  /** How many digests are held. */
  long size() {
    return digests.length;
  }

  /** Whether a digest of the number is held; else the log must be asked for its row. */
  boolean holds(long number) {
    return first >= 0 && number >= first && number <= last && present.get(index(number));
  }

  /** Takes a record of a number that is held; whether it says what the log says. */
  boolean meet(long number, long digest) {
    met.set(index(number));
    return digests[index(number)] == digest;
  }

  /** Takes a record of a number that is not held, but has a row. */
  void meetUnheld(long number) {
    if (metUnheld.add(number) && number <= Math.min(published, last)) {
      removed = Math.max(0, removed - 1);
    }
  }

  /** All records were shown: those that were not met are lacking, but for what Kafka removed. */
  void judge(StreamKept kept) {
    long small = kept.since(conversation, false);
    long ofLarge = kept.since(conversation, true);
    due.andNot(met);
    for (int at = due.nextSetBit(0); at >= 0; at = due.nextSetBit(at + 1)) {
      if (1000 * Integer.toUnsignedLong(committedAt[at]) < (large.get(at) ? ofLarge : small)) {
        due.clear(at);
        removed++;
      }
    }
  }

  /** How many published changes have no record, which may have been removed. */
  long removed() {
    return removed;
  }

  /** How many changes were compared, those that are lacking included. */
  long compared() {
    return met.cardinality() + metUnheld.size() + due.cardinality();
  }

  /** The first number from here on whose record must be there and was not met; -1: none. */
  long lackingFrom(long number) {
    int at = first < 0 ? -1 : due.nextSetBit((int) Math.max(0, number - first));
    return at < 0 ? -1 : at + first;
  }
}

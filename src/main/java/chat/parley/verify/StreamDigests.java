package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What the log says one conversation's records in the stream must be: a digest a number, eight
 * bytes each, and which of the records were met.
 */
final class StreamDigests implements LogEvents {
  private final long published;
  private final long since;
  private final BitSet present = new BitSet();
  private final BitSet due = new BitSet();
  private final BitSet met = new BitSet();
  private long[] digests = new long[16];
  private long first = -1;
  private long last;

  /**
   * @param published everything up to it must be in the stream
   * @param since of rows that were committed before, the stream may have removed the record;
   *     milliseconds since the epoch
   */
  StreamDigests(long published, long since) {
    this.published = published;
    this.since = since;
  }

  @Override
  public void committed(ChangeRow row) {
    last = row.changeSeq();
    if (first < 0 && row.committedAt() < since) {
      return;
    }
    first = first < 0 ? row.changeSeq() : first;
    int at = index(row.changeSeq());
    if (at >= digests.length) {
      digests = Arrays.copyOf(digests, Math.max(at + 1, 2 * digests.length));
    }
    digests[at] = Content.digest(row);
    present.set(at);
    // A record of a newer version is nobody's here, and cannot be told from one that is lacking.
    due.set(at, row.changeSeq() <= published && Content.isKnown(row));
  }

  @Override
  public void end(long end) {
    digests = Arrays.copyOf(digests, present.length());
  }

  private int index(long number) {
    return Math.toIntExact(number - first);
  }

  /** How many digests are held. */
  long size() {
    return digests.length;
  }

  /**
   * Whether nothing is known about the number because its record may be gone, or damage is near.
   */
  boolean isTooOld(long number) {
    return number <= last && (first < 0 || number < first);
  }

  /** Whether the number is beyond what was read of the log. */
  boolean isLater(long number) {
    return number > last;
  }

  /** Whether the log has the number. */
  boolean has(long number) {
    return present.get(index(number));
  }

  /** Takes a record of a number that the log has; whether it says what the log says. */
  boolean meet(long number, long digest) {
    met.set(index(number));
    return digests[index(number)] == digest;
  }

  /** The first number from here on whose record must be there and was not met; -1: none. */
  long lackingFrom(long number) {
    if (first < 0) {
      return -1;
    }
    int at = due.nextSetBit((int) Math.max(0, number - first));
    while (at >= 0 && met.get(at)) {
      at = due.nextSetBit(at + 1);
    }
    return at < 0 ? -1 : at + first;
  }
}

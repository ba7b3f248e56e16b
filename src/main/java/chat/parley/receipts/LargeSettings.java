package chat.parley.receipts;

/**
 * How receipts of large conversations are gathered.
 *
 * @param flushMs how often moves are stored and counts are told
 * @param deliveredStep a device's delivered cursor is stored at every so manieth change, or with
 *     the user's read cursor: so that a message does not cost a row a member
 */
public record LargeSettings(long flushMs, int deliveredStep) {
  /** The defaults. */
  public static LargeSettings defaults() {
    return new LargeSettings(10_000, 100);
  }
}

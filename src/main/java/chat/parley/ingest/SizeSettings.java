package chat.parley.ingest;

/**
 * When a conversation counts as large, by its members. In between it stays what it was, so that one
 * who comes and goes does not move it to and fro.
 *
 * @param largeAbove with more members than this it becomes large
 * @param smallBelow with fewer than this it is small again; at most {@code largeAbove}
 */
public record SizeSettings(int largeAbove, int smallBelow) {
  /** The defaults. */
  public static SizeSettings defaults() {
    return new SizeSettings(256, 192);
  }

  /** See {@code log.SizeRule}, for a conversation that has so many members after the change. */
  long largeSince(long before, long changeSeq, int members) {
    if (members < smallBelow) {
      return 0;
    }
    return before == 0 && members > largeAbove ? changeSeq : before;
  }
}

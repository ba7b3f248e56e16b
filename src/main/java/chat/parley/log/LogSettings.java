package chat.parley.log;

/**
 * How shards are held and groups are made.
 *
 * @param beatMs time between two beats of a node; three missed ones make its shards free to take
 * @param maxGroupChanges changes in one atomic write
 * @param maxGroupBytes payload bytes in one atomic write
 * @param maxQueued changes that may wait in one conversation; more are refused as overloaded
 * @param publishedEveryMs how often the published mark of a busy conversation is stored: recovery
 *     walks that far
 * @param idleMs a conversation without a send for this long leaves the owner's memory
 */
public record LogSettings(
    long beatMs,
    int maxGroupChanges,
    int maxGroupBytes,
    int maxQueued,
    long publishedEveryMs,
    long idleMs) {
  /** The defaults. */
  public static LogSettings defaults() {
    return new LogSettings(1_000, 64, 256 * 1024, 1_000, 10_000, 300_000);
  }
}

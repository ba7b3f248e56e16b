package chat.parley.inbox;

/**
 * How the inboxes' rows are made.
 *
 * @param group of the stream's consumers that share the work
 * @param rowsUpTo members; in a larger conversation no row follows it, and it is read at its head.
 *     Fewer than a conversation has that may be large: what has a row is small
 * @param gatherMs how long changes are gathered, so that a busy conversation costs one write a
 *     member and not one a message
 * @param maxConversations whose members are kept in memory
 * @param sampleMs how often some rows of a conversation are compared with the log
 */
public record InboxSettings(
    String group, int rowsUpTo, long gatherMs, int maxConversations, long sampleMs) {
  /** What suits up to some thousand messages a second. */
  public static InboxSettings defaults() {
    return new InboxSettings("parley-inbox", 191, 200, 50_000, 1_000);
  }
}

package chat.parley.replay;

/**
 * Something a speaker does.
 *
 * @param atMs when, in ms of the log's own time after its beginning
 * @param speaker the speaker's index
 * @param text the message, or the new display name; else null
 */
record ReplayEvent(Kind kind, double atMs, int speaker, String text) {
  enum Kind {
    JOIN,
    LEAVE,
    RENAME,
    MESSAGE
  }
}

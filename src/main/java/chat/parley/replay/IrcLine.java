package chat.parley.replay;

/**
 * One line of an IRC log that means something.
 *
 * @param nick whose line it is
 * @param text the message's text, the new nick of a rename, else null
 * @param minute minutes since midnight for a message, -1 for a line without a clock
 * @param number the line's number in its file, from 1
 */
record IrcLine(Kind kind, String nick, String text, int minute, int number) {
  enum Kind {
    MESSAGE,
    JOIN,
    LEAVE,
    RENAME
  }
}

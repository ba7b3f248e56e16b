package chat.parley.ingest;

/**
 * What may be done with messages, beyond what roles say.
 *
 * @param membersCallChannel whether {@code @channel} of a member who is neither owner nor admin
 *     calls everybody; else it is a word like others
 */
public record MessageSettings(boolean membersCallChannel) {
  public static MessageSettings defaults() {
    return new MessageSettings(true);
  }
}

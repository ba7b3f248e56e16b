package chat.parley.ingest;

/**
 * What may be done with messages, beyond what roles say.
 *
 * @param editWindowSeconds how long after it was sent its author may edit a message; 0 is for ever
 * @param managersDelete whether owners and admins may delete others' messages; authors always may
 *     their own
 * @param membersCallChannel whether {@code @channel} of a member who is neither owner nor admin
 *     calls everybody; else it is a word like others
 */
public record MessageSettings(
    long editWindowSeconds, boolean managersDelete, boolean membersCallChannel) {
  public static MessageSettings defaults() {
    return new MessageSettings(0, true, true);
  }
}

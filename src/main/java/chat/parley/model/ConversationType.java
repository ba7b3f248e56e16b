package chat.parley.model;

import java.util.Locale;

/** What sort of conversation it is. */
public enum ConversationType {
  /** Two users, one conversation a pair. */
  DM,
  /** Invited members. */
  GROUP,
  /** Open to join, may be huge. */
  CHANNEL;

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

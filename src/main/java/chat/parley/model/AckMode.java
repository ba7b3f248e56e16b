package chat.parley.model;

import java.util.Locale;

/** What an ack of this conversation promises. */
public enum AckMode {
  /** On disk in the history store at quorum. */
  PERSISTED,
  /** In the replicated event stream; history follows. */
  BUFFERED;

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

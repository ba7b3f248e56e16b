package chat.parley.model;

import java.util.Locale;

/** What of a conversation's past its members may read. */
public enum HistoryVisibility {
  /** Everything from the first change on, whenever they came. */
  ALL,
  /** What passed while they were there. */
  JOINED;

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}

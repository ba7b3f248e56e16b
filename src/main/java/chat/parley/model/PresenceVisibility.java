package chat.parley.model;

import java.util.List;
import java.util.Locale;

/** Whom a user lets see whether they are there, and when they last were. */
public enum PresenceVisibility {
  EVERYONE,
  /** Those with whom they are in a conversation now. */
  SHARED,
  NOBODY;

  /** What holds for a user who has said nothing. */
  public static final PresenceVisibility USUAL = SHARED;

  /** All of them, in the order in which they are offered. */
  public static final List<PresenceVisibility> ALL = List.of(values());

  /** The word that clients see and the store keeps. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The one of this word; the narrowest for a word that this version does not know. */
  public static PresenceVisibility of(String word) {
    return ALL.stream().filter(one -> one.wireName().equals(word)).findFirst().orElse(NOBODY);
  }
}

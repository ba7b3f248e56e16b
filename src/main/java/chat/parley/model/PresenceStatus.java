package chat.parley.model;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How present a user is, the most present first. */
public enum PresenceStatus {
  ONLINE,
  AWAY,
  OFFLINE;

  /** What a device may say of itself; that it is offline says its silence. */
  public static final List<PresenceStatus> OF_DEVICES = List.of(ONLINE, AWAY);

  /** The word that clients see. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a device says of itself by this word; empty where it is none that a device can say. */
  public static Optional<PresenceStatus> saidBy(String word) {
    return OF_DEVICES.stream().filter(status -> status.wireName().equals(word)).findFirst();
  }

  /** What two places of one user come to. */
  public PresenceStatus or(PresenceStatus other) {
    return ordinal() <= other.ordinal() ? this : other;
  }
}

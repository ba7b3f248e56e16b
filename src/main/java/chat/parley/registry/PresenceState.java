package chat.parley.registry;

import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import java.util.List;

/**
 * What the cluster knows of a user's presence at one moment.
 *
 * @param places nodes that hold devices of the user, those alone that are in the cluster
 * @param visibleTo whom the user lets see it; null where that is not known here and must be read
 *     from the store, as must then {@code lastSeenAt}
 * @param lastSeenAt when the last device went, milliseconds since the epoch; 0 where that is not
 *     known
 */
public record PresenceState(List<Place> places, PresenceVisibility visibleTo, long lastSeenAt) {
  /** Nothing is known. */
  public static final PresenceState UNKNOWN = new PresenceState(List.of(), null, 0);

  /**
   * What the user's devices at one node come to; never {@code OFFLINE}.
   *
   * @param at when the node said so last
   */
  public record Place(String node, PresenceStatus status, long at) {}

  public PresenceState {
    places = List.copyOf(places);
  }

  /** All places together. */
  public PresenceStatus status() {
    PresenceStatus merged = PresenceStatus.OFFLINE;
    for (Place place : places) {
      merged = merged.or(place.status());
    }
    return merged;
  }
}

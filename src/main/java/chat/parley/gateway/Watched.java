package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages.PresenceMove;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState;
import chat.parley.registry.PresenceState.Place;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A user that somebody here watches: where they are, as far as this gateway was told, and who of
 * its viewers may see it. What it is told comes two ways, as news of other nodes and as answers of
 * the cluster's map; an answer does not undo news that came after its question.
 */
final class Watched {
  /** {@code heard}: the number of the news that said so; 0 for an answer. */
  private record Local(PresenceStatus status, long at, long heard) {}

  private final UserId user;
  private final Map<Viewer, Boolean> viewers = new LinkedHashMap<>(2);
  private final Map<String, Local> places = new HashMap<>(2);
  private PresenceVisibility visibleTo;
  private boolean stale = true;

  /** The number of the news that said {@code visibleTo}; 0 for an answer. */
  private long visibilityHeard;

  private long lastSeenAt;
  private PresenceStatus status = PresenceStatus.OFFLINE;
  private String frame;

  Watched(UserId user) {
    this.user = user;
  }

  UserId user() {
    return user;
  }

  /** The viewers, each with whether they may see it. */
  Map<Viewer, Boolean> viewers() {
    return viewers;
  }

  PresenceStatus status() {
    return status;
  }

  /** Whom the user lets see it; null where that is not known, or has to be asked again. */
  PresenceVisibility visibleTo() {
    return stale ? null : visibleTo;
  }

  /** News that the user lets these see it. */
  void hear(PresenceVisibility now, long number) {
    visibilityHeard = number;
    set(now);
  }

  /**
   * An answer to a question that was asked when the last news was {@code askedAt}; true where
   * something else was known.
   */
  boolean learn(PresenceVisibility now, long askedAt) {
    return visibilityHeard <= askedAt && set(now);
  }

  /** Whether news of whom the user lets see it came after those of this number. */
  boolean isHeardAfter(long askedAt) {
    return visibilityHeard > askedAt;
  }

  private boolean set(PresenceVisibility now) {
    boolean changed = visibleTo != null && visibleTo != now;
    visibleTo = now;
    stale = false;
    return changed;
  }

  /** What is known of that has grown old: it holds on, and is to be asked again. */
  void mustAsk() {
    stale = true;
  }

  /** When the last device went; 0 where that is not known. */
  long lastSeenAt() {
    return lastSeenAt;
  }

  /** A node said something; true where others see it. */
  boolean hear(String node, PresenceMove move, long number) {
    places.put(node, new Local(move.status(), move.at(), number));
    if (move.status() == PresenceStatus.OFFLINE) {
      lastSeenAt = Math.max(lastSeenAt, move.at());
    }
    return settle();
  }

  /**
   * The map's answer to a question that was asked when the last news was {@code askedAt}; true
   * where others see it.
   */
  boolean read(PresenceState state, long askedAt) {
    Set<String> named = new HashSet<>();
    for (Place place : state.places()) {
      named.add(place.node());
      Local known = places.get(place.node());
      if (known == null || known.heard() <= askedAt) {
        places.put(place.node(), new Local(place.status(), place.at(), 0));
      }
    }
    Set.copyOf(places.keySet()).stream()
        .filter(node -> !named.contains(node) && places.get(node).heard() <= askedAt)
        .forEach(this::forget);
    return seen(state.lastSeenAt());
  }

  /** The user was there at this time; true where others see it. */
  boolean seen(long at) {
    boolean later = at > lastSeenAt;
    lastSeenAt = Math.max(lastSeenAt, at);
    return settle() || later && status == PresenceStatus.OFFLINE;
  }

  /** The node has left the cluster; true where others see it. */
  boolean leave(String node) {
    forget(node);
    return settle();
  }

  private void forget(String node) {
    Local place = places.remove(node);
    if (place != null) {
      lastSeenAt = Math.max(lastSeenAt, place.at());
    }
  }

  private boolean settle() {
    PresenceStatus merged = PresenceStatus.OFFLINE;
    for (Local place : places.values()) {
      merged = merged.or(place.status());
    }
    boolean changed = merged != status;
    status = merged;
    frame = null;
    return changed;
  }

  /** What a viewer is told: of somebody whom they may not see the same as of a stranger. */
  String frameFor(Viewer viewer) {
    if (!viewers.getOrDefault(viewer, false)) {
      return PresenceJson.frame(user, PresenceStatus.OFFLINE, 0);
    }
    if (frame == null) {
      frame = PresenceJson.frame(user, status, lastSeenAt);
    }
    return frame;
  }
}

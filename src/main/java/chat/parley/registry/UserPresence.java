package chat.parley.registry;

import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.registry.PresenceState.Place;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * One user's entry in the map of presence: where they are, and which gateways watch them. Times are
 * those of {@link HazelcastClusterView#now}. Immutable.
 *
 * @param visibleTo null while nobody has read it from the store
 * @param knownAt when that was
 */
record UserPresence(
    List<Place> places,
    List<Watcher> watchers,
    PresenceVisibility visibleTo,
    long knownAt,
    long lastSeenAt) {
  static final UserPresence NONE = new UserPresence(List.of(), List.of(), null, 0, 0);

  /**
   * What was read from the store is read again after that long: an entry that is watched for ever
   * must not keep for ever what a split of the cluster made it miss.
   */
  static final long KNOWN_FOR_MS = 600_000;

  /** A gateway, and when it said last that it watches. */
  record Watcher(String node, long at) {}

  UserPresence {
    places = List.copyOf(places);
    watchers = List.copyOf(watchers);
  }

  /** Without what nobody has said again in time. A place that ends so was seen at its last beat. */
  UserPresence at(long now, long goneMs) {
    List<Place> there = new ArrayList<>(places.size());
    long seen = lastSeenAt;
    for (Place place : places) {
      if (place.at() + goneMs > now) {
        there.add(place);
      } else {
        seen = Math.max(seen, place.at());
      }
    }
    return new UserPresence(
        there,
        watchers.stream().filter(watcher -> watcher.at() + goneMs > now).toList(),
        knownAt + KNOWN_FOR_MS > now ? visibleTo : null,
        knownAt,
        seen);
  }

  /** What the node's devices come to. */
  PresenceStatus statusAt(String node) {
    return places.stream()
        .filter(place -> place.node().equals(node))
        .map(Place::status)
        .findFirst()
        .orElse(PresenceStatus.OFFLINE);
  }

  UserPresence say(String node, PresenceStatus status, long now) {
    List<Place> next = new ArrayList<>(places);
    boolean left = next.removeIf(place -> place.node().equals(node));
    if (status != PresenceStatus.OFFLINE) {
      next.add(new Place(node, status, now));
    }
    boolean gone = left && next.isEmpty();
    return new UserPresence(next, watchers, visibleTo, knownAt, gone ? now : lastSeenAt);
  }

  UserPresence watch(String node, long now) {
    List<Watcher> next = new ArrayList<>(watchers);
    next.removeIf(watcher -> watcher.node().equals(node));
    next.add(new Watcher(node, now));
    return new UserPresence(places, next, visibleTo, knownAt, lastSeenAt);
  }

  UserPresence learn(PresenceVisibility stored, long storedSeenAt, long now) {
    return new UserPresence(places, watchers, stored, now, Math.max(lastSeenAt, storedSeenAt));
  }

  /** The last beat of a place that goes counts as the time when the user was seen. */
  UserPresence withoutNodes(Collection<String> nodes) {
    List<Place> next = new ArrayList<>(places);
    long seen = lastSeenAt;
    for (Place place : places) {
      if (nodes.contains(place.node())) {
        next.remove(place);
        seen = Math.max(seen, place.at());
      }
    }
    return new UserPresence(
        next,
        watchers.stream().filter(watcher -> !nodes.contains(watcher.node())).toList(),
        visibleTo,
        knownAt,
        seen);
  }

  List<String> gateways() {
    return watchers.stream().map(Watcher::node).toList();
  }
}

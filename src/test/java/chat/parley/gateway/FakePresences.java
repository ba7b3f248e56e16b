package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState;
import chat.parley.registry.PresenceState.Place;
import chat.parley.registry.Presences;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The cluster's map of presence in memory; {@link #at} is one node's side of it. */
final class FakePresences {
  final Map<UserId, Map<String, Place>> places = new HashMap<>();
  final Map<UserId, Set<String>> watchers = new HashMap<>();
  final Map<UserId, PresenceVisibility> visibleTo = new HashMap<>();
  final Map<UserId, Long> lastSeen = new HashMap<>();
  private final Clock clock;
  private final long goneMs;
  volatile boolean away;

  FakePresences(Clock clock, long goneMs) {
    this.clock = clock;
    this.goneMs = goneMs;
  }

  /** Without sides: nobody is there. */
  static Presences ofNobody() {
    return new FakePresences(Clock.systemUTC(), 60_000).at("n1");
  }

  Presences at(String node) {
    return new Side(node);
  }

  private PresenceState state(UserId user) {
    Map<String, Place> own = places.getOrDefault(user, new HashMap<>());
    own.values().removeIf(place -> place.at() + goneMs <= clock.millis());
    return new PresenceState(
        List.copyOf(own.values()), visibleTo.get(user), lastSeen.getOrDefault(user, 0L));
  }

  private final class Side implements Presences {
    private final String node;

    Side(String node) {
      this.node = node;
    }

    private <T> Future<T> done(T value) {
      return away
          ? Future.failedFuture(new FailureException(Failure.UNAVAILABLE, "away"))
          : Future.succeededFuture(value);
    }

    @Override
    public Future<List<News>> say(Collection<UserId> users, PresenceStatus status) {
      List<News> news = new ArrayList<>();
      for (UserId user : away ? List.<UserId>of() : users) {
        state(user);
        Map<String, Place> own = places.computeIfAbsent(user, any -> new HashMap<>());
        Place before =
            status == PresenceStatus.OFFLINE
                ? own.remove(node)
                : own.put(node, new Place(node, status, clock.millis()));
        PresenceStatus was = before == null ? PresenceStatus.OFFLINE : before.status();
        if (was != status) {
          boolean gone = own.isEmpty();
          if (gone) {
            lastSeen.put(user, clock.millis());
          }
          news.add(new News(user, Set.copyOf(watchers.getOrDefault(user, Set.of())), gone));
        }
      }
      return done(news);
    }

    @Override
    public Future<Map<UserId, PresenceState>> watch(Collection<UserId> users) {
      users.forEach(user -> watchers.computeIfAbsent(user, any -> new HashSet<>()).add(node));
      return look(users);
    }

    @Override
    public Future<Map<UserId, PresenceState>> look(Collection<UserId> users) {
      Map<UserId, PresenceState> states = new HashMap<>();
      users.forEach(user -> states.put(user, state(user)));
      return done(states);
    }

    @Override
    public Future<Void> learn(UserId user, PresenceVisibility to, long lastSeenAt) {
      visibleTo.putIfAbsent(user, to);
      return done(null);
    }

    @Override
    public Future<Set<String>> show(UserId user, PresenceVisibility to, long lastSeenAt) {
      visibleTo.put(user, to);
      return done(watchers.getOrDefault(user, Set.of()));
    }

    @Override
    public Future<Map<UserId, Long>> sweep(Collection<String> nodes) {
      throw new UnsupportedOperationException("a gateway does not sweep");
    }
  }
}

package chat.parley.registry;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceEdits.Told;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * {@link Presences} in a Hazelcast map of their own, apart from the devices' map: that one says
 * where to deliver, and must not suffer when presence is too much. Every step is one at the entry's
 * owner, for many users at once; a copy on another node is kept without waiting for it, since each
 * node says its part again with every beat.
 */
public final class HazelcastPresences implements Presences {
  private static final long RETRY_AFTER_MS = 2_000;

  private final Vertx vertx;
  private final HazelcastClusterView cluster;
  private final IMap<String, UserPresence> map;
  private final long goneMs;

  public HazelcastPresences(
      Vertx vertx,
      HazelcastInstance hazelcast,
      HazelcastClusterView cluster,
      PresenceSettings settings) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.map = hazelcast.getMap(HazelcastStart.PRESENCE);
    this.goneMs = settings.goneMs();
  }

  @Override
  public Future<List<News>> say(Collection<UserId> users, PresenceStatus status) {
    return submit(users, new PresenceEdits.Say(cluster.self(), status, cluster.now(), goneMs))
        .map(
            answers -> {
              List<News> news = new ArrayList<>();
              answers.forEach(
                  (user, told) -> {
                    if (told != null) {
                      news.add(new News(new UserId(user), alive(told), told.gone()));
                    }
                  });
              return news;
            });
  }

  @Override
  public Future<Map<UserId, PresenceState>> watch(Collection<UserId> users) {
    return submit(users, new PresenceEdits.Watch(cluster.self(), cluster.now(), goneMs))
        .map(this::states);
  }

  @Override
  public Future<Map<UserId, PresenceState>> look(Collection<UserId> users) {
    return submit(users, new PresenceEdits.Look(cluster.now(), goneMs)).map(this::states);
  }

  @Override
  public Future<Void> learn(UserId user, PresenceVisibility visibleTo, long lastSeenAt) {
    return learn(user, visibleTo, lastSeenAt, false).mapEmpty();
  }

  @Override
  public Future<Set<String>> show(UserId user, PresenceVisibility visibleTo, long lastSeenAt) {
    return learn(user, visibleTo, lastSeenAt, true).map(this::alive);
  }

  private Future<Told> learn(
      UserId user, PresenceVisibility visibleTo, long lastSeenAt, boolean anew) {
    return await(
        map.submitToKey(
            user.value(),
            new PresenceEdits.Learn(visibleTo, lastSeenAt, anew, cluster.now(), goneMs)));
  }

  @Override
  public Future<Map<UserId, Long>> sweep(Collection<String> nodes) {
    PresenceEdits.Sweep step = new PresenceEdits.Sweep(List.copyOf(nodes));
    return vertx.executeBlocking(
        () -> {
          Map<UserId, Long> gone = new HashMap<>();
          map.executeOnEntries(step)
              .forEach(
                  (user, seenAt) -> {
                    if (seenAt != null) {
                      gone.put(new UserId(user), seenAt);
                    }
                  });
          return gone;
        },
        false);
  }

  private <R> Future<Map<String, R>> submit(
      Collection<UserId> users, EntryProcessor<String, UserPresence, R> step) {
    if (users.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    Set<String> keys = new HashSet<>();
    users.forEach(user -> keys.add(user.value()));
    return await(map.submitToKeys(keys, step));
  }

  private Map<UserId, PresenceState> states(Map<String, UserPresence> answers) {
    Map<UserId, PresenceState> states = new HashMap<>(2 * answers.size());
    answers.forEach(
        (user, known) ->
            states.put(
                new UserId(user),
                new PresenceState(
                    known.places().stream().filter(place -> cluster.isAlive(place.node())).toList(),
                    known.visibleTo(),
                    known.lastSeenAt())));
    return states;
  }

  private Set<String> alive(Told told) {
    Set<String> gateways = new HashSet<>(told.gateways());
    gateways.removeIf(gateway -> !cluster.isAlive(gateway));
    return gateways;
  }

  private <T> Future<T> await(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext())
        .recover(
            cause ->
                Future.failedFuture(
                    new FailureException(
                        Failure.UNAVAILABLE, "presence cannot be known now", RETRY_AFTER_MS)));
  }
}

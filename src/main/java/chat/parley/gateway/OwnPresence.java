package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages.DeliverPresence;
import chat.parley.bus.DeliveryMessages.PresenceMove;
import chat.parley.bus.PresenceMessages.Departed;
import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.Presences;
import chat.parley.registry.Presences.News;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Says for this gateway which users are here, and tells the gateways that watch them what has
 * changed. A change is gathered for a moment: who comes back within it has not gone. With every
 * beat all is said again. Belongs to one event loop.
 */
final class OwnPresence {
  private final String nodeId;
  private final Presences presences;
  private final PresenceSettings settings;
  private final Connections connections;
  private final Bus bus;
  private final LiveMeters meters;
  private final HomeLoop loop;
  private final Clock clock;
  private final InstantSource steady;
  private final BeatRound beats;

  /** What the cluster was told of those that are here. */
  private final Map<UserId, PresenceStatus> said = new HashMap<>();

  /** Users of whom something may have changed, with the time when that is said. */
  private final Map<UserId, Long> touched = new LinkedHashMap<>();

  private final Set<Connection> away = new HashSet<>();
  private long ticks;
  private boolean saying;

  OwnPresence(GatewayPieces pieces, Connections connections, LiveMeters meters, HomeLoop loop) {
    this.nodeId = pieces.nodeId();
    this.presences = pieces.live().presences();
    this.settings = pieces.live().settings();
    this.connections = connections;
    this.bus = pieces.bus();
    this.meters = meters;
    this.loop = loop;
    this.clock = pieces.clock();
    this.steady = pieces.steady();
    this.beats = new BeatRound(settings.beatMs(), pieces.settings().tickMs());
  }

  /** The user of this socket has come, or gone. */
  void touch(Connection connection) {
    if (!connection.isOpen()) {
      away.remove(connection);
    }
    touch(connection.principal().userId());
  }

  private void touch(UserId user) {
    touched.putIfAbsent(user, steady.millis() + settings.gatherMs());
  }

  /** What the device says of itself. */
  void set(Connection connection, PresenceStatus status) {
    if (status == PresenceStatus.AWAY) {
      away.add(connection);
    } else {
      away.remove(connection);
    }
    touch(connection);
  }

  /**
   * To be called with every tick; says what is due. Where it must not tell what has changed ({@code
   * tellsChanges} is false) it waits, but that somebody is there is said again in any case: else
   * all would be gone when the node has time again.
   */
  void tick(boolean tellsChanges) {
    for (Connection connection : connections.slot(ticks++)) {
      if (connection.principal() != null) {
        touchIfOther(connection.principal().userId());
      }
    }
    if (!saying) {
      Map<PresenceStatus, List<UserId>> due = new EnumMap<>(PresenceStatus.class);
      long now = steady.millis();
      if (tellsChanges) {
        takeDue(now).forEach(user -> add(due, user));
      }
      beats.tick(now, said::keySet).forEach(user -> add(due, user));
      say(due);
    }
  }

  /** A device that has become silent, or speaks again, tells nobody so. */
  private void touchIfOther(UserId user) {
    if (statusOf(user) != said.getOrDefault(user, PresenceStatus.OFFLINE)) {
      touch(user);
    }
  }

  private List<UserId> takeDue(long now) {
    List<UserId> due = new ArrayList<>();
    for (Iterator<Map.Entry<UserId, Long>> all = touched.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<UserId, Long> one = all.next();
      if (one.getValue() > now) {
        break; // in the order of their times
      }
      all.remove();
      if (statusOf(one.getKey()) != said.getOrDefault(one.getKey(), PresenceStatus.OFFLINE)) {
        due.add(one.getKey());
      }
    }
    return due;
  }

  private void add(Map<PresenceStatus, List<UserId>> due, UserId user) {
    due.computeIfAbsent(statusOf(user), any -> new ArrayList<>()).add(user);
  }

  /** What the user's devices here come to. */
  PresenceStatus statusOf(UserId user) {
    PresenceStatus merged = PresenceStatus.OFFLINE;
    for (Connection connection : connections.of(user)) {
      if (isThere(connection)) {
        merged = merged.or(away.contains(connection) ? PresenceStatus.AWAY : PresenceStatus.ONLINE);
      }
    }
    return merged;
  }

  private boolean isThere(Connection connection) {
    return (connection.stage() == Connection.Stage.SYNCING
            || connection.stage() == Connection.Stage.LIVE)
        && connection.silentMs() < settings.goneMs();
  }

  private Future<Void> say(Map<PresenceStatus, List<UserId>> due) {
    List<Future<Void>> all = new ArrayList<>();
    due.forEach((status, users) -> all.add(say(status, users)));
    saying = !all.isEmpty();
    return Future.join(all).onComplete(done -> saying = false).otherwiseEmpty().mapEmpty();
  }

  private Future<Void> say(PresenceStatus status, List<UserId> users) {
    meters.touched(LiveMeters.Step.SAY, users.size());
    return loop.bring(presences.say(users, status))
        .onFailure(cause -> users.forEach(this::touch))
        .map(
            news -> {
              users.forEach(user -> note(user, status));
              tell(status, news);
              return null;
            });
  }

  private void note(UserId user, PresenceStatus status) {
    if (status == PresenceStatus.OFFLINE) {
      said.remove(user);
    } else {
      said.put(user, status);
    }
  }

  private void tell(PresenceStatus status, List<News> news) {
    long now = clock.millis();
    Map<String, List<PresenceMove>> byGateway = new HashMap<>();
    List<Departure> departures = new ArrayList<>();
    for (News one : news) {
      PresenceMove move = new PresenceMove(one.userId(), status, now);
      for (String gateway : one.gateways()) {
        byGateway.computeIfAbsent(gateway, any -> new ArrayList<>()).add(move);
      }
      if (status == PresenceStatus.OFFLINE && one.gone()) {
        departures.add(new Departure(one.userId(), now));
      }
    }
    byGateway.forEach(
        (gateway, moves) -> {
          meters.sent(LiveMeters.Message.NEWS);
          bus.send(Addresses.gateway(gateway), new DeliverPresence(nodeId, moves));
        });
    if (!departures.isEmpty()) {
      meters.sent(LiveMeters.Message.QUESTION);
      bus.send(Addresses.PRESENCE, new Departed(departures));
    }
  }

  /** Says of everybody that they are not here any more; to be called when all sockets are gone. */
  Future<Void> end() {
    List<UserId> all = new ArrayList<>(said.keySet());
    return all.isEmpty() ? Future.succeededFuture() : say(PresenceStatus.OFFLINE, all);
  }
}

package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages.DeliverPresence;
import chat.parley.bus.DeliveryMessages.DeliverVisibility;
import chat.parley.bus.DeliveryMessages.PresenceMove;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who of this gateway's sockets watches whom, what is known of these, and who is to be told. Asks
 * nothing itself: {@link WatchDesk} does. Belongs to one event loop.
 */
final class Watches {
  private final Map<UserId, Watched> watched = new HashMap<>();
  private final Map<Connection, Viewer> viewers = new HashMap<>();
  private final Set<Viewer> due = new LinkedHashSet<>();

  /** Nodes that have left, each with the users that it may have been a place of. */
  private final Deque<Departed> departed = new ArrayDeque<>();

  private long news;
  private int size;

  /**
   * What an answer says of whom users let see them.
   *
   * @param changed those who let others see them than was known
   * @param unknown those of whom the map does not know it, or no more
   */
  record Learned(List<Watched> changed, List<Watched> unknown) {}

  private record Departed(String node, Deque<Watched> left) {}

  /** The socket as a viewer; made where it watched nobody yet. */
  Viewer viewer(Connection connection, long now) {
    return viewers.computeIfAbsent(connection, any -> new Viewer(connection, now));
  }

  /** Of a user's sockets those that watch somebody. */
  List<Viewer> viewersOf(Collection<Connection> connections) {
    return connections.stream().map(viewers::get).filter(viewer -> viewer != null).toList();
  }

  Watched get(UserId user) {
    return watched.get(user);
  }

  /** Everybody who is watched. */
  Collection<UserId> users() {
    return watched.keySet();
  }

  /** How many users are watched, counted once for each socket. */
  int size() {
    return size;
  }

  /** The number of the last news: what is asked now and answered later knows of it. */
  long news() {
    return news;
  }

  /**
   * The viewer begins to watch these too, and is told nothing of them before {@link #settle}.
   *
   * @return those of them that it did not watch
   */
  List<UserId> attach(Viewer viewer, Collection<UserId> users) {
    List<UserId> fresh = new ArrayList<>();
    for (UserId user : users) {
      if (!viewer.watched().containsKey(user)) {
        Watched one = watched.computeIfAbsent(user, Watched::new);
        one.viewers().put(viewer, false);
        viewer.watched().put(user, one);
        fresh.add(user);
        size++;
      }
    }
    return fresh;
  }

  /** The viewer watches these no more. */
  void detach(Viewer viewer, Collection<UserId> users) {
    for (UserId user : users) {
      Watched one = viewer.watched().remove(user);
      if (one != null) {
        size--;
        viewer.owed().remove(one);
        one.viewers().remove(viewer);
        if (one.viewers().isEmpty()) {
          watched.remove(user);
        }
      }
    }
  }

  /** The viewer watches exactly these, may see some of them, and is to be told of each. */
  void settle(Viewer viewer, Set<UserId> users, Set<UserId> mayBeSeen) {
    List<UserId> others =
        viewer.watched().keySet().stream().filter(user -> !users.contains(user)).toList();
    detach(viewer, others);
    viewer
        .watched()
        .forEach(
            (user, one) -> {
              one.viewers().put(viewer, mayBeSeen.contains(user));
              owe(viewer, one);
            });
  }

  /** Of these users the viewer may see some; told is where that has changed. */
  void allow(Viewer viewer, Collection<UserId> users, Set<UserId> mayBeSeen) {
    for (UserId user : users) {
      Watched one = viewer.watched().get(user);
      boolean may = mayBeSeen.contains(user);
      if (one != null && one.viewers().put(viewer, may) != may) {
        owe(viewer, one);
      }
    }
  }

  /**
   * Whom of these the viewer may see by an answer to what was asked when {@link #news} was {@code
   * askedAt}. Of whom more has been heard since the answer says nothing: it stays as it is.
   */
  Set<UserId> unlessHeardSince(
      long askedAt, Viewer viewer, Collection<UserId> users, Set<UserId> visible) {
    Set<UserId> may = new HashSet<>(visible);
    for (UserId user : users) {
      Watched one = watched.get(user);
      if (one != null && one.isHeardAfter(askedAt)) {
        may.remove(user);
        if (one.viewers().getOrDefault(viewer, false)) {
          may.add(user);
        }
      }
    }
    return may;
  }

  /** The socket is gone. */
  void drop(Connection connection) {
    Viewer viewer = viewers.remove(connection);
    if (viewer != null) {
      detach(viewer, List.copyOf(viewer.watched().keySet()));
      due.remove(viewer);
    }
  }

  /** A node's news. */
  void hear(DeliverPresence message) {
    for (PresenceMove move : message.moves()) {
      Watched one = watched.get(move.userId());
      if (one != null && one.hear(message.node(), move, ++news)) {
        oweAll(one);
      }
    }
  }

  /** The map's answers to what was asked when {@link #news} was {@code askedAt}. */
  Learned read(Map<UserId, PresenceState> states, long askedAt) {
    Learned learned = new Learned(new ArrayList<>(0), new ArrayList<>(0));
    states.forEach(
        (user, state) -> {
          Watched one = watched.get(user);
          if (one != null) {
            if (one.read(state, askedAt)) {
              oweAll(one);
            }
            if (state.visibleTo() == null) {
              one.mustAsk();
              learned.unknown().add(one);
            } else if (one.learn(state.visibleTo(), askedAt)) {
              learned.changed().add(one);
            }
          }
        });
    return learned;
  }

  /**
   * The user lets these see it now; the user, where it is watched: all viewers are to be checked.
   */
  Optional<Watched> hear(DeliverVisibility message) {
    Watched one = watched.get(message.userId());
    if (one != null) {
      one.hear(message.visibleTo(), ++news);
    }
    return Optional.ofNullable(one);
  }

  /**
   * What the store had when it was asked, when {@link #news} was {@code askedAt}; answers who lets
   * others see them than was known.
   */
  List<Watched> learn(Collection<Stored> stored, long askedAt) {
    List<Watched> changed = new ArrayList<>(0);
    for (Stored one : stored) {
      Watched user = watched.get(one.userId());
      if (user != null) {
        if (user.learn(one.visibleTo(), askedAt)) {
          changed.add(user);
        }
        if (user.seen(one.lastSeenAt())) {
          oweAll(user);
        }
      }
    }
    return changed;
  }

  /** A node has left the cluster: what it said holds no more. */
  void leave(String node) {
    departed.add(new Departed(node, new ArrayDeque<>(watched.values())));
  }

  /** Works off who was where a node was that has left, for one turn. */
  void workOffDepartures(LoopTurn turn) {
    while (!departed.isEmpty() && !turn.isOver()) {
      Departed first = departed.peek();
      Watched one = first.left().poll();
      if (one == null) {
        departed.poll();
      } else if (one.leave(first.node())) {
        oweAll(one);
      }
    }
  }

  private void oweAll(Watched one) {
    one.viewers()
        .forEach(
            (viewer, may) -> {
              if (may) {
                owe(viewer, one);
              }
            });
  }

  private void owe(Viewer viewer, Watched one) {
    viewer.owed().add(one);
    due.add(viewer);
  }

  /**
   * Tells viewers what they are owed, for one turn; who does not read fast enough waits for the
   * next.
   */
  void tell(SoftDoor door, LoopTurn turn) {
    Set<Viewer> slow = new LinkedHashSet<>();
    while (!due.isEmpty() && !turn.isOver()) {
      Viewer viewer = due.iterator().next();
      due.remove(viewer);
      if (!tell(viewer, door)) {
        slow.add(viewer);
      }
    }
    due.addAll(slow);
  }

  private static boolean tell(Viewer viewer, SoftDoor door) {
    while (!viewer.owed().isEmpty()) {
      Watched one = viewer.owed().iterator().next();
      if (!viewer.connection().isOpen()) {
        viewer.owed().clear();
      } else if (!door.write(SoftDoor.Kind.PRESENCE, viewer.connection(), one.frameFor(viewer))) {
        return false;
      } else {
        viewer.owed().remove(one);
      }
    }
    return true;
  }
}

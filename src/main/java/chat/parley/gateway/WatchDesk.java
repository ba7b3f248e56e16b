package chat.parley.gateway;

import chat.parley.bus.DeliveryMessages.DeliverVisibility;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.Presences;
import chat.parley.turns.FewAtOnce;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Asks for {@link Watches}: where users are when somebody begins to watch them, and with every beat
 * again; and who may see whom, whenever that may have changed. Where it cannot be known who may see
 * somebody, nobody is shown them. Belongs to one event loop.
 */
final class WatchDesk {
  /** Who may see whom is looked at again after so long, should something have been missed. */
  private static final long CHECK_EVERY_MS = 600_000;

  /** A change of members is in the store a moment after it has come here. */
  private static final long MEMBERS_SETTLE_MS = 2_000;

  /** Whoever begins to watch may be judged by what was read so long ago, and a little more. */
  private static final long READ_BEFORE_MS = PresenceMessages.REMEMBERED_MS + 2_000;

  private static final int CHECKS_AT_ONCE = 8;
  private static final long RETRY_AFTER_MS = 10_000;

  private final Watches watches;
  private final Connections connections;
  private final Presences presences;
  private final PresenceSight sight;
  private final PresenceSettings settings;
  private final SoftDoor door;
  private final LiveMeters meters;
  private final HomeLoop loop;
  private final InstantSource clock;
  private final BeatRound beats;

  /** Viewers to check, each with the users concerned. */
  private final Checks due = new Checks();

  /** Those that could not be checked, for later. */
  private final Checks failed = new Checks();

  /** Users who came into a conversation or left one, with the time to look. */
  private final Map<UserId, Long> moved = new LinkedHashMap<>();

  /** The same of those whom nobody watched then: somebody may begin to. */
  private final Map<UserId, Long> movedUnwatched = new LinkedHashMap<>();

  private final FewAtOnce checks = new FewAtOnce(CHECKS_AT_ONCE, this::checkNext);

  /** Until the next tick: a store that is away is not asked as fast as it refuses. */
  private boolean checksFail;

  private boolean renewing;
  private long retryAt;

  WatchDesk(
      GatewayPieces pieces,
      Watches watches,
      Connections connections,
      PresenceSight sight,
      SoftDoor door,
      LiveMeters meters,
      HomeLoop loop) {
    this.watches = watches;
    this.connections = connections;
    this.presences = pieces.live().presences();
    this.settings = pieces.live().settings();
    this.sight = sight;
    this.door = door;
    this.meters = meters;
    this.loop = loop;
    this.clock = pieces.steady();
    this.beats = new BeatRound(settings.beatMs(), pieces.settings().tickMs());
  }

  /** The socket watches the users of this list from now on, and nobody else. */
  void watch(Connection connection, ClientFrame.Watch list) {
    Viewer viewer = watches.viewer(connection, clock.millis());
    if (!door.isOpen(SoftDoor.Kind.PRESENCE)) {
      refuse(viewer, list, overloaded("the node has too much to do for presence now"));
    } else if (viewer.begin(list)) {
      Optional<FailureException> refusal = refusal(viewer, list.userIds());
      if (refusal.isPresent()) {
        refuse(viewer, list, refusal.get());
        finish(viewer);
      } else {
        lookAt(viewer, list);
      }
    }
  }

  private Optional<FailureException> refusal(Viewer viewer, Set<UserId> users) {
    if (watches.size() - viewer.watched().size() + users.size() > settings.maxWatches()) {
      return Optional.of(overloaded("the sockets of this node watch too many users"));
    }
    Set<UserId> fresh = new HashSet<>(users);
    fresh.removeAll(viewer.watched().keySet());
    long waitMs = viewer.budget().take(fresh.size(), clock.millis());
    return waitMs == 0
        ? Optional.empty()
        : Optional.of(
            new FailureException(
                Failure.RATE_LIMITED,
                "this socket begins to watch too many users",
                waitMs,
                FailureException.Scope.DEVICE));
  }

  private void lookAt(Viewer viewer, ClientFrame.Watch list) {
    List<UserId> fresh = watches.attach(viewer, list.userIds());
    long askedAt = watches.news();
    meters.touched(LiveMeters.Step.WATCH, list.userIds().size());
    loop.bring(presences.watch(list.userIds()))
        .compose(
            states -> {
              checkStrictly(watches.read(states, askedAt).changed());
              return see(viewer, list.userIds(), false);
            })
        .onComplete(
            done -> {
              if (!viewer.connection().isOpen()) {
                return;
              }
              if (done.succeeded()) {
                watches.settle(viewer, list.userIds(), done.result());
              } else {
                watches.detach(viewer, fresh);
                refuse(viewer, list, done.cause());
              }
              finish(viewer);
            });
  }

  private void finish(Viewer viewer) {
    ClientFrame.Watch next = viewer.end();
    if (next != null) {
      watch(viewer.connection(), next);
    }
  }

  private static void refuse(Viewer viewer, ClientFrame.Watch list, Throwable cause) {
    viewer.connection().write(ServerFrames.error(list.id(), cause));
  }

  private static FailureException overloaded(String detail) {
    return new FailureException(Failure.OVERLOADED, detail, RETRY_AFTER_MS);
  }

  private Future<Set<UserId>> see(Viewer viewer, Collection<UserId> users, boolean fresh) {
    long askedAt = watches.news();
    Map<UserId, PresenceVisibility> known = new HashMap<>(); // null: to be asked
    for (UserId user : users) {
      Watched one = watches.get(user);
      if (one != null) {
        known.put(user, one.visibleTo());
      }
    }
    return loop.bring(sight.of(viewer.userId(), known, fresh))
        .map(
            seen -> {
              checkStrictly(watches.learn(seen.stored(), askedAt));
              return watches.unlessHeardSince(askedAt, viewer, users, seen.visible());
            });
  }

  /** To be called with every tick. */
  void tick() {
    long now = clock.millis();
    if (!renewing) {
      renew(beats.tick(now, watches::users));
    }
    takeDue(moved, now).forEach(this::checkAfterMove);
    takeDue(movedUnwatched, now).forEach(this::checkWhoSees);
    if (now >= retryAt) {
      retryAt = now + RETRY_AFTER_MS;
      failed.moveTo(due);
    }
    checksFail = false;
    checks.go();
  }

  private static List<UserId> takeDue(Map<UserId, Long> times, long now) {
    List<UserId> due = new ArrayList<>(0);
    for (Iterator<Map.Entry<UserId, Long>> all = times.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<UserId, Long> one = all.next();
      if (one.getValue() > now) {
        break; // in the order of their times
      }
      all.remove();
      due.add(one.getKey());
    }
    return due;
  }

  private void renew(Collection<UserId> users) {
    if (users.isEmpty()) {
      return;
    }
    renewing = true;
    long askedAt = watches.news();
    meters.touched(LiveMeters.Step.WATCH, users.size());
    loop.bring(presences.watch(users))
        .onSuccess(
            states -> {
              Watches.Learned learned = watches.read(states, askedAt);
              checkStrictly(learned.changed());
              learned.unknown().forEach(this::askAgain);
              users.forEach(this::checkOverdue);
            })
        .onComplete(done -> renewing = false);
  }

  /** One of the viewers asks for all: should something have changed, all are checked then. */
  private void askAgain(Watched user) {
    user.viewers().keySet().stream()
        .findFirst()
        .ifPresent(viewer -> due.add(viewer, user.user(), false));
  }

  private void checkOverdue(UserId user) {
    Watched one = watches.get(user);
    if (one != null) {
      for (Viewer viewer : one.viewers().keySet()) {
        if (viewer.isDueForCheck(clock.millis(), CHECK_EVERY_MS)) {
          viewer.watched().keySet().forEach(other -> due.add(viewer, other, false));
        }
      }
    }
  }

  /** What is shown of these users may be wrong: asks the map again. */
  void doubt(Collection<UserId> users) {
    if (!renewing) {
      renew(users);
    }
  }

  /** The user lets others see them now. */
  void hear(DeliverVisibility message) {
    watches
        .hear(message)
        .ifPresent(
            one -> {
              checkStrictly(List.of(one));
              checks.go();
            });
  }

  /** The user came into a conversation, or left one. */
  void move(UserId user) {
    if (watches.get(user) != null || !connections.of(user).isEmpty()) {
      moved.putIfAbsent(user, clock.millis() + MEMBERS_SETTLE_MS);
    }
    if (watches.get(user) == null) {
      movedUnwatched.remove(user); // a later move counts anew, at the end of the line
      movedUnwatched.put(user, clock.millis() + READ_BEFORE_MS);
    }
  }

  /** Both ways: everybody whom the user sees, and everybody who sees the user. */
  private void checkAfterMove(UserId user) {
    for (Viewer viewer : watches.viewersOf(connections.of(user))) {
      viewer.watched().keySet().forEach(other -> due.add(viewer, other, true));
    }
    checkWhoSees(user);
  }

  private void checkWhoSees(UserId user) {
    Watched one = watches.get(user);
    if (one != null) {
      checkStrictly(List.of(one));
    }
  }

  private void checkStrictly(List<Watched> users) {
    for (Watched one : users) {
      one.viewers().keySet().forEach(viewer -> due.add(viewer, one.user(), true));
    }
  }

  private Optional<Future<?>> checkNext() {
    while (!checksFail && !due.isEmpty()) {
      Checks.Check next = due.poll();
      if (next.viewer().connection().isOpen()) {
        return Optional.of(check(next));
      }
    }
    return Optional.empty();
  }

  private Future<?> check(Checks.Check next) {
    return see(next.viewer(), next.users().keySet(), true)
        .onSuccess(seen -> watches.allow(next.viewer(), next.users().keySet(), seen))
        .onFailure(
            problem -> {
              checksFail = true;
              watches.allow(next.viewer(), next.strict(), Set.of());
              next.strict().forEach(user -> failed.add(next.viewer(), user, true));
            });
  }
}

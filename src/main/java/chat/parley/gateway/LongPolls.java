package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * REST calls that wait for something to happen to their user. A device that waits is known to the
 * cluster as one with a socket is, so the fan-out brings this gateway its changes; what comes only
 * wakes the call, which then looks for itself. A call is made known before its first look, so what
 * is committed after that look wakes it. What happens in large conversations comes only to gateways
 * that want it: this one does as long as somebody here waits who is in one.
 */
public final class LongPolls {
  /** What ends a wait. */
  enum Wake {
    /** Something happened: look again. */
    LOOK,
    /** There is no more time: answer with what there is. */
    END
  }

  /** One call that may wait. */
  static final class Poll {
    private final Principal principal;
    private final String sessionId = DeviceRegistry.CALL + Ids.fresh();
    private volatile Promise<Wake> wake = Promise.promise();
    private volatile boolean ended;
    private final Set<ConversationId> followed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean due = new AtomicBoolean();

    /** Completes when a busy channel may wake it. */
    private final Future<Void> rested;

    private Poll(Principal principal, Future<Void> rested) {
      this.principal = principal;
      this.rested = rested;
    }

    /** To be called before each look: what happens from now on ends the next wait. */
    void arm() {
      if (!ended) {
        wake = Promise.promise();
      }
    }

    void end() {
      ended = true;
      wake.tryComplete(Wake.END);
    }

    private void look() {
      wake.tryComplete(Wake.LOOK);
    }

    private void lookWhenRested() {
      if (due.compareAndSet(false, true)) {
        rested.onComplete(
            done -> {
              due.set(false);
              look();
            });
      }
    }

    private void refuse() {
      ended = true;
      wake.tryFail(signedOut());
    }
  }

  static FailureException signedOut() {
    return new FailureException(Failure.UNAUTHENTICATED, "the device was signed out");
  }

  /** A large conversation, the calls that wait for it, and when the fan-out knows of them. */
  private record Hall(Set<Poll> polls, Future<Void> interested) {}

  /**
   * A call is woken by large conversations so long after its begin at the earliest: a busy channel
   * shall cost each who waits a look now and then, not one a message.
   */
  private static final long REST_MS = 2_000;

  private final Vertx vertx;
  private final DeviceRegistry registry;
  private final Interests interests;
  private final int max;
  private final Map<ConversationId, Hall> halls = new ConcurrentHashMap<>();
  private final Map<UserId, Map<DeviceId, Poll>> polls = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicInteger asleep = new AtomicInteger();
  private volatile boolean closed;

  /** At most {@code max} calls wait at once. */
  public LongPolls(Vertx vertx, DeviceRegistry registry, Interests interests, int max) {
    this.vertx = vertx;
    this.registry = registry;
    this.interests = interests;
    this.max = max;
  }

  /**
   * Makes a call known; completes when the fan-out sees it. A device has one such call: an older
   * one of the same device ends. Refused once this gateway stops: who was answered at once would
   * ask again at once.
   */
  Future<Poll> open(Principal principal) {
    if (closed) {
      return Future.failedFuture(TryLater.because("this node takes no more calls that wait"));
    }
    if (size.get() >= max) {
      return Future.failedFuture(
          new FailureException(Failure.OVERLOADED, "too many calls are waiting", 1_000));
    }
    Poll poll = new Poll(principal, vertx.timer(REST_MS));
    polls.compute(
        principal.userId(),
        (user, known) -> {
          Map<DeviceId, Poll> own = known == null ? new ConcurrentHashMap<>() : known;
          Poll older = own.put(principal.deviceId(), poll);
          if (older == null) {
            size.incrementAndGet();
          } else {
            older.end();
          }
          return own;
        });
    if (closed) {
      poll.end(); // since it was looked at
    }
    return registry
        .register(principal.userId(), principal.deviceId(), poll.sessionId)
        .map(poll)
        // Known to this node all the same: it would be said again with all others.
        .onFailure(cause -> close(poll));
  }

  /**
   * Wakes the call by these large conversations too.
   *
   * @return completes with whether one of them is new to the call: what is committed from then on
   *     wakes it, what was before may not have
   */
  Future<Boolean> follow(Poll poll, Collection<ConversationId> large) {
    List<Future<Void>> known = new ArrayList<>();
    for (ConversationId conversation : large) {
      if (poll.followed.add(conversation)) {
        known.add(halls.compute(conversation, (id, hall) -> entered(id, hall, poll)).interested());
      }
    }
    // Where the cluster cannot be told, the call is woken by the rest, and ends with its time.
    return Future.join(known).transform(done -> Future.succeededFuture(!known.isEmpty()));
  }

  private Hall entered(ConversationId conversation, Hall hall, Poll poll) {
    Hall entered =
        hall == null || hall.interested().failed()
            ? new Hall(ConcurrentHashMap.newKeySet(), interests.add(conversation))
            : hall;
    entered.polls().add(poll);
    return entered;
  }

  private void leave(ConversationId conversation, Poll poll) {
    halls.computeIfPresent(
        conversation,
        (id, hall) -> {
          hall.polls().remove(poll);
          if (!hall.polls().isEmpty()) {
            return hall;
          }
          hall.interested().onSuccess(done -> interests.remove(id));
          return null;
        });
  }

  /** Completes when something has happened since the call was armed, or the time is over. */
  Future<Wake> sleep(Poll poll) {
    asleep.incrementAndGet();
    return poll.wake.future().onComplete(woken -> asleep.decrementAndGet());
  }

  /** How many calls have found nothing and wait. */
  int asleep() {
    return asleep.get();
  }

  /** The call is answered. */
  void close(Poll poll) {
    forget(poll);
    registry.unregister(poll.principal.userId(), poll.principal.deviceId(), poll.sessionId);
  }

  private void forget(Poll poll) {
    poll.followed.forEach(conversation -> leave(conversation, poll));
    polls.computeIfPresent(
        poll.principal.userId(),
        (user, own) -> {
          if (own.remove(poll.principal.deviceId(), poll)) {
            size.decrementAndGet();
          }
          return own.isEmpty() ? null : own;
        });
  }

  /** Wakes those whom a message to this gateway concerns. */
  void hear(DeliveryMessages message) {
    if (polls.isEmpty()) {
      return;
    }
    if (message instanceof DeliverChanges changes) {
      changes.deliveries().forEach(this::wake);
    } else if (message instanceof CloseDevice close) {
      List.copyOf(polls.getOrDefault(close.userId(), Map.of()).values()).stream()
          .filter(poll -> poll.principal.isOf(close.deviceId(), close.family()))
          .forEach(Poll::refuse);
    }
  }

  private void wake(Delivery delivery) {
    delivery.users().forEach(this::wake);
    Hall hall = delivery.change().large() ? halls.get(delivery.change().conversationId()) : null;
    if (hall != null) {
      hall.polls().forEach(Poll::lookWhenRested);
    }
  }

  private void wake(UserId user) {
    Map<DeviceId, Poll> own = polls.get(user);
    if (own != null) {
      own.values().forEach(Poll::look);
    }
  }

  /** Ends all waits, which are answered, and refuses new ones: this gateway stops. */
  void end() {
    closed = true;
    polls.values().forEach(own -> own.values().forEach(Poll::end));
  }
}

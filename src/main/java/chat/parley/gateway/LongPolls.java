package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * REST calls that wait for something to happen to their user. A device that waits is known to the
 * cluster as one with a socket is, so the fan-out brings this gateway its changes; what comes only
 * wakes the call, which then looks for itself. A call is made known before its first look, so what
 * is committed after that look wakes it.
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
    private final String sessionId = Ids.fresh();
    private volatile Promise<Wake> wake = Promise.promise();
    private volatile boolean ended;

    private Poll(Principal principal) {
      this.principal = principal;
    }

    /** To be called before each look: what happens from now on ends the next wait. */
    void arm() {
      if (!ended) {
        wake = Promise.promise();
      }
    }

    /** Completes when something has happened since {@link #arm}, or the time is over. */
    Future<Wake> woken() {
      return wake.future();
    }

    void end() {
      ended = true;
      wake.tryComplete(Wake.END);
    }

    private void look() {
      wake.tryComplete(Wake.LOOK);
    }

    private void refuse() {
      ended = true;
      wake.tryFail(new FailureException(Failure.UNAUTHENTICATED, "the device was signed out"));
    }
  }

  private final DeviceRegistry registry;
  private final int max;
  private final Map<UserId, Map<DeviceId, Poll>> polls = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private volatile boolean closed;

  /** At most {@code max} calls wait at once. */
  public LongPolls(DeviceRegistry registry, int max) {
    this.registry = registry;
    this.max = max;
  }

  /**
   * Makes a call known; completes when the fan-out sees it. A device has one such call: an older
   * one of the same device ends.
   */
  Future<Poll> open(Principal principal) {
    if (size.get() >= max) {
      return Future.failedFuture(
          new FailureException(Failure.OVERLOADED, "too many calls are waiting", 1_000));
    }
    Poll poll = new Poll(principal);
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
      poll.end();
    }
    return registry
        .register(principal.userId(), principal.deviceId(), poll.sessionId)
        .map(poll)
        .onFailure(cause -> forget(poll));
  }

  /** The call is answered. */
  void close(Poll poll) {
    forget(poll);
    registry.unregister(poll.principal.userId(), poll.principal.deviceId(), poll.sessionId);
  }

  private void forget(Poll poll) {
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
      changes.deliveries().forEach(one -> one.users().forEach(this::wake));
    } else if (message instanceof CloseDevice close) {
      List.copyOf(polls.getOrDefault(close.userId(), Map.of()).values()).stream()
          .filter(
              poll ->
                  close.deviceId() == null || close.deviceId().equals(poll.principal.deviceId()))
          .forEach(Poll::refuse);
    }
  }

  private void wake(UserId user) {
    Map<DeviceId, Poll> own = polls.get(user);
    if (own != null) {
      own.values().forEach(Poll::look);
    }
  }

  /** Ends all waits, and lets none begin: this gateway stops. */
  void end() {
    closed = true;
    polls.values().forEach(own -> own.values().forEach(Poll::end));
  }
}

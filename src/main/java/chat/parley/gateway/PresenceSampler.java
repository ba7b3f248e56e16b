package chat.parley.gateway;

import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Compares what is shown here of some watched users with another witness: who has a socket by the
 * cluster's map of devices, by which messages are delivered. What differs is looked at again each
 * time, and asked for again, until it agrees; for how long it has differed is the staleness that is
 * published. So the measure does not rest on what it measures. Belongs to one event loop.
 */
final class PresenceSampler {
  private static final int SAMPLE = 20;

  /** Wrong ones that are followed; more would cost more, and say no more. */
  private static final int MAX_FOLLOWED = 200;

  private final Watches watches;
  private final WatchDesk desk;
  private final DeviceRegistry devices;
  private final LiveMeters meters;
  private final HomeLoop loop;
  private final InstantSource clock;
  private final Map<UserId, Long> wrongSince = new HashMap<>();
  private List<UserId> round = List.of();
  private int next;
  private boolean asking;
  private volatile double stalenessSeconds;

  PresenceSampler(
      Watches watches,
      WatchDesk desk,
      DeviceRegistry devices,
      LiveMeters meters,
      HomeLoop loop,
      InstantSource clock) {
    this.watches = watches;
    this.desk = desk;
    this.devices = devices;
    this.meters = meters;
    this.loop = loop;
    this.clock = clock;
  }

  /** Compares some; completes when that is done. */
  Future<Void> sample() {
    Set<UserId> users = new LinkedHashSet<>(wrongSince.keySet());
    users.addAll(nextOnes());
    if (asking || users.isEmpty()) {
      return Future.succeededFuture();
    }
    asking = true;
    return loop.bring(devices.socketsOf(users))
        .onComplete(done -> asking = false)
        .onSuccess(gateways -> compare(users, gateways.keySet()))
        .mapEmpty();
  }

  private List<UserId> nextOnes() {
    if (next >= round.size()) {
      round = new ArrayList<>(watches.users());
      next = 0;
    }
    int from = next;
    next = Math.min(round.size(), from + SAMPLE);
    return round.subList(from, next);
  }

  private void compare(Set<UserId> users, Set<UserId> connected) {
    long now = clock.millis();
    List<UserId> doubtful = new ArrayList<>();
    for (UserId user : users) {
      Watched one = watches.get(user);
      boolean shown = one != null && one.status() != PresenceStatus.OFFLINE;
      if (one == null || shown == connected.contains(user)) {
        wrongSince.remove(user);
      } else if (wrongSince.containsKey(user)) {
        doubtful.add(user); // still: it was not just on its way
      } else if (wrongSince.size() < MAX_FOLLOWED) {
        wrongSince.put(user, now);
        meters.foundWrong();
      }
    }
    meters.sampled(users.size());
    long oldest = wrongSince.values().stream().mapToLong(Long::longValue).min().orElse(now);
    stalenessSeconds = (now - oldest) / 1_000.0;
    if (!doubtful.isEmpty()) {
      desk.doubt(doubtful);
    }
  }

  /** For how long the longest wrong one is known to be wrong; on any thread. */
  double stalenessSeconds() {
    return stalenessSeconds;
  }
}

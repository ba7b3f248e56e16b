package chat.parley.limit;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Says whether somebody may do something so soon, over the whole cluster. What fits into this
 * node's shares is decided at once; see the package for how that adds up. Thread-safe.
 */
public final class Limiter {
  /** What a send may wait for the grid at most; most never ask it. */
  public static final long GRID_DEADLINE_MS = 150;

  /** Those used last; who is forgotten has a full share again, and the grid's bucket as it was. */
  private static final int MOST_BUCKETS = 200_000;

  private static final Duration LEAST_KEPT = Duration.ofMinutes(1);
  private static final Duration LONGEST_KEPT = Duration.ofHours(2);

  private record Key(Limit limit, String id) {}

  private final RateSettings settings;
  private final Grid grid;
  private final LimitMeters meters;
  private final Cache<Key, SharedAllowance> buckets;

  /**
   * A node's limiter.
   *
   * @param cluster what all nodes share
   * @param nodes how many nodes share it, this one included; cheap
   * @param nanos a monotonic clock
   * @param gridDeadlineMs without an answer by then limits are this node's own, until there is one
   */
  public Limiter(
      RateSettings settings,
      ClusterBuckets cluster,
      IntSupplier nodes,
      LongSupplier nanos,
      long gridDeadlineMs,
      MeterRegistry registry) {
    this.settings = settings;
    this.meters = new LimitMeters(registry);
    GridHealth health = new GridHealth(nanos);
    this.grid = new Grid(cluster, nodes, nanos, gridDeadlineMs, health, meters);
    meters.watch(health::isWell);
    this.buckets =
        Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(kept(settings))
            .ticker(nanos::getAsLong)
            .build();
  }

  /** Until any bucket that is not touched is full again, so that it may as well be forgotten. */
  private static Duration kept(RateSettings settings) {
    long longest =
        settings.rates().values().stream()
            .mapToLong(rate -> rate.nanosFor(rate.burst()))
            .max()
            .orElse(0);
    Duration kept = Duration.ofNanos(longest);
    return kept.compareTo(LEAST_KEPT) < 0
        ? LEAST_KEPT
        : kept.compareTo(LONGEST_KEPT) > 0 ? LONGEST_KEPT : kept;
  }

  /**
   * Takes all of these, one after the other: put the narrowest first, so that who has too much of
   * their own does not use up what they share with others.
   *
   * @return fails with {@link Failure#RATE_LIMITED}, the scope and the time to wait where one
   *     refuses; what those before it counted stays counted
   */
  public Future<Void> take(List<Charge> charges) {
    return takeFrom(charges, 0);
  }

  private Future<Void> takeFrom(List<Charge> charges, int from) {
    for (int i = from; i < charges.size(); i++) {
      Charge charge = charges.get(i);
      Optional<SharedAllowance> bucket = bucket(charge);
      if (bucket.isEmpty()) {
        continue;
      }
      long wait = bucket.get().take(charge.amount());
      if (wait == SharedAllowance.ASK) {
        int next = i + 1;
        return bucket
            .get()
            .ask(charge.amount())
            .compose(told -> told == 0 ? takeFrom(charges, next) : refused(charge.limit(), told));
      }
      if (wait > 0) {
        return refused(charge.limit(), wait);
      }
    }
    return Future.succeededFuture();
  }

  private Optional<SharedAllowance> bucket(Charge charge) {
    Rate rate = settings.rates().get(charge.limit());
    return rate == null
        ? Optional.empty()
        : Optional.of(
            buckets.get(
                new Key(charge.limit(), charge.id()),
                key -> new SharedAllowance(key.limit(), key.id(), rate, grid)));
  }

  private Future<Void> refused(Limit limit, long waitMs) {
    meters.refused(limit);
    return Future.failedFuture(refusal(limit, waitMs));
  }

  /** The refusal of somebody who has to wait so long. */
  public static FailureException refusal(Limit limit, long waitMs) {
    return new FailureException(
        Failure.RATE_LIMITED,
        "too many " + limit.kind().many() + " in a short time",
        waitMs,
        limit.scope());
  }
}

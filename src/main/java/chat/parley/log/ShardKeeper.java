package chat.parley.log;

import chat.parley.log.ShardEpochs.Register;
import chat.parley.model.Shard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, keeps and hands over shards: beats for this node, watches the others' beats, and each beat
 * brings what it holds nearer to what it should hold. Whom a shard should go to is a suggestion
 * (rendezvous hashing over the live nodes, Thaler and Ravishankar 1998, so that a change moves the
 * fewest); whether it may be taken is decided by the register.
 */
public final class ShardKeeper {
  /** Hears which shards this node holds. */
  public interface Listener {
    void took(int shard, long epoch);

    void lost(int shard, long epoch);
  }

  /** Who is there to hold shards, as the cluster sees it; names are node ids. */
  public interface Peers {
    Set<String> holders();

    /**
     * Tells the others, whose keepers {@link #released hear} it, that this node has let go of
     * shards; {@code leaving} where for good. It may be lost.
     */
    void tellReleased(boolean leaving);
  }

  private static final Logger LOG = LoggerFactory.getLogger(ShardKeeper.class);
  private static final int MISSED_BEATS = 3;
  private static final int PARALLEL = 16;

  private record Seen(long beat, long sinceMs) {}

  private final Vertx vertx;
  private final ShardEpochs epochs;
  private final OwnedLog log;
  private final LogSettings settings;
  private final String node;
  private final String lineage;
  private final Peers peers;
  private final Listener listener;
  private final Map<String, Seen> beats = new HashMap<>();

  /** Nodes that are still in the cluster and hold no shards any more. */
  private final Set<String> leaving = new HashSet<>();

  private long beat;
  private long lastTidyMs;
  private boolean stopping;
  private boolean inRound;
  private boolean roundAgain;
  private long timer = -1;

  /**
   * @param node this node's id, unique to this run
   * @param lineage a name that this node's earlier runs shared and no two live nodes share, or the
   *     node's id: what a run of the same lineage held is taken over at once, because that run is
   *     known to be over
   */
  ShardKeeper(
      Vertx vertx,
      ShardEpochs epochs,
      OwnedLog log,
      LogSettings settings,
      String node,
      String lineage,
      Peers peers,
      Listener listener) {
    this.vertx = vertx;
    this.epochs = epochs;
    this.log = log;
    this.settings = settings;
    this.node = node;
    this.lineage = lineage;
    this.peers = peers;
    this.listener = listener;
  }

  /** The first round, then one a beat. Completes when the first round is done. */
  public Future<Void> start() {
    return round();
  }

  /** Hands every shard over at once and stops. */
  public Future<Void> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    List<Integer> held = new ArrayList<>();
    for (int shard = 0; shard < Shard.COUNT; shard++) {
      if (log.epochOf(shard).isPresent()) {
        held.add(shard);
      }
    }
    return log.tidy()
        .otherwiseEmpty()
        .compose(saved -> inParallel(held, this::handOver))
        .onComplete(released -> peers.tellReleased(true));
  }

  /**
   * Another node has let go of shards: looks at once, not at the next beat, whether to take some.
   */
  public void released(String peer, boolean peerIsLeaving) {
    if (stopping || peer.equals(node)) {
      return;
    }
    if (peerIsLeaving) {
      leaving.add(peer);
    }
    if (inRound) {
      roundAgain = true;
    } else {
      vertx.cancelTimer(timer);
      round();
    }
  }

  private Future<Void> round() {
    inRound = true;
    return epochs
        .beat(owner(), ++beat)
        .compose(beaten -> epochs.beats())
        .compose(
            seen -> {
              watch(seen);
              return epochs.all();
            })
        .compose(this::move)
        .compose(moved -> tidyEveryWhile())
        .otherwise(
            cause -> {
              LOG.atWarn().addKeyValue("cause", String.valueOf(cause)).log("shard round failed");
              return null;
            })
        .onComplete(
            done -> {
              inRound = false;
              if (!stopping) {
                long wait = roundAgain ? 1 : settings.beatMs();
                roundAgain = false;
                timer = vertx.setTimer(wait, fired -> round());
              }
            });
  }

  private Future<Void> tidyEveryWhile() {
    if (nowMs() - lastTidyMs < settings.publishedEveryMs()) {
      return Future.succeededFuture();
    }
    lastTidyMs = nowMs();
    return log.tidy();
  }

  private void watch(Map<String, Long> seen) {
    seen.forEach(
        (peer, value) -> {
          Seen before = beats.get(peer);
          if (before == null || before.beat() != value) {
            beats.put(peer, new Seen(value, nowMs()));
          }
        });
    beats.keySet().retainAll(seen.keySet());
  }

  private Future<Void> move(List<Register> registers) {
    Map<Integer, Register> byShard = new HashMap<>();
    registers.forEach(register -> byShard.put(register.shard(), register));
    Set<String> holders = new HashSet<>(peers.holders());
    leaving.retainAll(holders);
    holders.removeAll(leaving);
    holders.removeIf(peer -> !hasBegun(peer));
    List<Register> toTake = new ArrayList<>();
    List<Integer> toHandOver = new ArrayList<>();
    for (int shard = 0; shard < Shard.COUNT; shard++) {
      Register register = byShard.getOrDefault(shard, new Register(shard, 0, ""));
      boolean held = log.epochOf(shard).isPresent();
      if (held && log.epochOf(shard).get() < register.epoch()) {
        lose(shard);
        held = false;
      }
      boolean wanted = node.equals(Rendezvous.choose(shard, holders));
      if (wanted && !held && mayTake(register, holders)) {
        toTake.add(register);
      } else if (held && !wanted && !holders.isEmpty()) {
        toHandOver.add(shard);
      }
    }
    return inParallel(toTake, this::take)
        .compose(taken -> inParallel(toHandOver, this::handOver))
        .onSuccess(
            released -> {
              if (!toHandOver.isEmpty()) {
                peers.tellReleased(false);
              }
            });
  }

  /**
   * A node is a member of the cluster long before it can hold a shard; what was handed over to it
   * meanwhile would have no owner. Its first beat says that it can.
   */
  private boolean hasBegun(String peer) {
    return peer.equals(node) || beats.keySet().stream().anyMatch(who -> who.endsWith("/" + peer));
  }

  /**
   * Only a courtesy: a shard taken from a living owner would be safe as well, but a useless
   * interruption.
   */
  private boolean mayTake(Register register, Set<String> holders) {
    String owner = ownerOf(register);
    if (owner.isEmpty() || owner.equals(owner()) || owner.startsWith(lineage + "/")) {
      return true;
    }
    Seen seen = beats.get(owner);
    return seen == null || nowMs() - seen.sinceMs() >= MISSED_BEATS * settings.beatMs();
  }

  private Future<Void> take(Register register) {
    long epoch = register.epoch() + 1;
    return epochs
        .take(register.shard(), register.epoch(), owner())
        .map(
            took -> {
              if (took && !stopping) {
                log.meters().took(reason(register));
                log.hold(register.shard(), epoch)
                    .onSuccess(ready -> listener.took(register.shard(), epoch))
                    .onFailure(lost -> LOG.atDebug().log("shard lost while it was recovered"));
              }
              return null;
            });
  }

  private LogMeters.Reason reason(Register register) {
    String owner = ownerOf(register);
    if (register.epoch() == 0) {
      return LogMeters.Reason.FIRST;
    }
    if (owner.isEmpty()) {
      return LogMeters.Reason.HANDOVER;
    }
    if (owner.equals(owner())) {
      return LogMeters.Reason.REPEATED;
    }
    return owner.startsWith(lineage + "/") ? LogMeters.Reason.RESTART : LogMeters.Reason.DEAD;
  }

  private static String ownerOf(Register register) {
    return register.owner() == null ? "" : register.owner();
  }

  private Future<Void> handOver(int shard) {
    long epoch = log.epochOf(shard).orElse(0L);
    lose(shard);
    return epochs.release(shard, epoch, owner()).mapEmpty();
  }

  private void lose(int shard) {
    long epoch = log.epochOf(shard).orElse(0L);
    log.release(shard);
    listener.lost(shard, epoch);
  }

  private <T> Future<Void> inParallel(List<T> all, Function<T, Future<Void>> step) {
    Future<Void> chain = Future.succeededFuture();
    for (int i = 0; i < all.size(); i += PARALLEL) {
      List<T> slice = all.subList(i, Math.min(all.size(), i + PARALLEL));
      chain =
          chain.compose(
              done -> Future.join(slice.stream().map(step).toList()).otherwiseEmpty().mapEmpty());
    }
    return chain;
  }

  private String owner() {
    return lineage + "/" + node;
  }

  private static long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}

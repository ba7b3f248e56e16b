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
import org.slf4j.event.Level;

/**
 * Takes, keeps and hands over shards: beats for this node, watches the others' beats, and each beat
 * brings what it holds nearer to what it should hold. Whom a shard should go to is a suggestion
 * (rendezvous hashing over the live nodes, Thaler and Ravishankar 1998, so that a change moves the
 * fewest); whether it may be taken is decided by the register.
 *
 * <p>A shard goes from a living node to another by being offered and then taken while its owner
 * still serves: each of its conversations is without an owner only as long as the taker needs to
 * recover that one. Nothing is given up for somebody who may not come.
 */
public final class ShardKeeper {
  /** Hears what becomes of this node. */
  public interface Listener {
    /** From now on it is served here. */
    void took(int shard, long epoch);

    void lost(int shard, long epoch);

    /**
     * Each beat: whether this node is in the smaller part of a split cluster, so that it holds
     * nothing and must not go on like this for long.
     */
    void cutOff(boolean now);
  }

  /** Who is there to hold shards, as the cluster sees it; names are node ids. */
  public interface Peers {
    Set<String> holders();

    /**
     * Tells the others, whose keepers {@link #offered hear} it, which of this node's shards they
     * may take; {@code leaving} where it will hold none any more. It may be lost.
     */
    void offer(Set<Integer> shards, boolean leaving);
  }

  private static final Logger LOG = LoggerFactory.getLogger(ShardKeeper.class);
  private static final int PARALLEL = 16;

  /** A node that stops waits so long for others to take its shards. */
  private static final long FAREWELL_MS = 5_000;

  private static final long FAREWELL_LOOK_MS = 100;

  private final Vertx vertx;
  private final ShardEpochs epochs;
  private final OwnedLog log;
  private final LogSettings settings;
  private final String node;
  private final String lineage;
  private final Peers peers;
  private final Listener listener;
  private final PeerBeats beats;

  /** What living nodes would hand over, by their ids. */
  private final Map<String, Set<Integer>> offers = new HashMap<>();

  /** Nodes that are still in the cluster and will hold no shards any more. */
  private final Set<String> leaving = new HashSet<>();

  private long beat;
  private long lastTidyMs;
  private boolean hasOffered;
  private boolean stopping;

  /** Also before the first: an offer that comes sooner must not begin rounds of its own. */
  private boolean inRound = true;

  private boolean roundAgain;
  private boolean failing;
  private long timer = -1;
  private long beatTimer = -1;

  /** The last beat failed. */
  private boolean unheard;

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
    this.beats = new PeerBeats(settings.beatMs());
  }

  /**
   * The first round, then one a beat. Completes when the first round is done, or is not to be had
   * any more because the keeper stops.
   */
  public Future<Void> start() {
    return beat().transform(beaten -> round());
  }

  /**
   * Offers every shard to the others, serves on until they have taken them, gives up what nobody
   * takes within seconds, and stops.
   */
  public Future<Void> stop() {
    stopping = true;
    vertx.cancelTimer(timer);
    vertx.cancelTimer(beatTimer);
    return log.tidy()
        .otherwiseEmpty()
        .compose(saved -> bidFarewell(nowMs() + FAREWELL_MS))
        .compose(left -> inParallel(List.copyOf(held()), this::release));
  }

  private Future<Void> bidFarewell(long untilMs) {
    Set<String> others = new HashSet<>(peers.holders());
    others.remove(node);
    others.removeAll(leaving);
    Set<Integer> held = held();
    if (held.isEmpty() || others.isEmpty() || nowMs() > untilMs) {
      peers.offer(Set.of(), true);
      return Future.succeededFuture();
    }
    peers.offer(held, true);
    return vertx
        .timer(FAREWELL_LOOK_MS)
        .compose(waited -> epochs.all())
        .map(
            registers -> {
              registers.forEach(this::loseWhereTaken);
              return null;
            })
        .otherwiseEmpty()
        .compose(looked -> bidFarewell(untilMs));
  }

  private Set<Integer> held() {
    Set<Integer> held = new HashSet<>();
    for (int shard = 0; shard < Shard.COUNT; shard++) {
      if (log.epochOf(shard).isPresent()) {
        held.add(shard);
      }
    }
    return held;
  }

  /**
   * Another node would hand these shards over: looks at once, not at the next beat, whether to take
   * some.
   */
  public void offered(String peer, Set<Integer> shards, boolean peerIsLeaving) {
    if (stopping || peer.equals(node)) {
      return;
    }
    Set<Integer> before = offers.put(peer, shards);
    boolean leaves = peerIsLeaving && leaving.add(peer);
    if (!leaves && before != null && before.containsAll(shards)) {
      return;
    }
    if (inRound) {
      roundAgain = true;
    } else {
      vertx.cancelTimer(timer);
      round();
    }
  }

  /**
   * Beats, and goes on with it: apart from the rounds, since nobody may be taken for silent who has
   * much to do in one.
   *
   * <p>A beat tells the others that this node can serve. So after a failure it must hear the store
   * before it beats again: where only the way back is cut, its beats would arrive.
   */
  private Future<Void> beat() {
    Future<Void> heard = unheard ? epochs.all().mapEmpty() : Future.succeededFuture();
    return heard
        .compose(done -> epochs.beat(owner(), ++beat))
        .onComplete(
            done -> {
              unheard = done.failed();
              if (!stopping) {
                beatTimer = vertx.setTimer(settings.beatMs(), fired -> beat());
              }
            });
  }

  private Future<Void> round() {
    if (stopping) {
      return Future.succeededFuture(); // or it would take what is being given up
    }
    inRound = true;
    return epochs
        .beats()
        .compose(
            seen -> {
              beats.look(seen, peers.holders(), nowMs());
              return epochs.all();
            })
        .compose(this::move)
        .compose(moved -> tidyEveryWhile())
        .onSuccess(done -> failing = false)
        .otherwise(
            cause -> {
              // Once an outage: while the store is away each round fails.
              LOG.atLevel(failing ? Level.DEBUG : Level.WARN)
                  .addKeyValue("cause", String.valueOf(cause))
                  .log("shard round failed");
              failing = true;
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

  private Future<Void> move(List<Register> registers) {
    registers.forEach(this::loseWhereTaken);
    Set<String> members = new HashSet<>(peers.holders());
    leaving.retainAll(members);
    offers.keySet().retainAll(members);
    boolean cutOff = beats.isMinority(members, nowMs());
    listener.cutOff(cutOff);
    if (cutOff) {
      // The larger part does not see this node: only what it gives up can be served there.
      return inParallel(List.copyOf(held()), this::release);
    }
    members.removeAll(leaving);
    members.removeIf(peer -> !peer.equals(node) && !beats.canHold(peer, nowMs()));
    return bringNearer(registers, members);
  }

  private Future<Void> bringNearer(List<Register> registers, Set<String> holders) {
    Map<Integer, Register> byShard = new HashMap<>();
    registers.forEach(register -> byShard.put(register.shard(), register));
    List<Register> toTake = new ArrayList<>();
    Set<Integer> toOffer = new HashSet<>();
    for (int shard = 0; shard < Shard.COUNT; shard++) {
      Register register = byShard.getOrDefault(shard, new Register(shard, 0, ""));
      boolean held = log.epochOf(shard).isPresent();
      boolean wanted = node.equals(Rendezvous.choose(shard, holders));
      if (wanted && !held && mayTake(register)) {
        toTake.add(register);
      } else if (held && !wanted && !holders.isEmpty()) {
        toOffer.add(shard);
      }
    }
    return inParallel(toTake, this::take).onSuccess(taken -> offer(toOffer));
  }

  /** Also says that there is nothing to take any more. */
  private void offer(Set<Integer> shards) {
    if (!stopping && (hasOffered || !shards.isEmpty())) {
      peers.offer(shards, false);
      hasOffered = !shards.isEmpty();
    }
  }

  private void loseWhereTaken(Register register) {
    if (log.epochOf(register.shard()).orElse(Long.MAX_VALUE) < register.epoch()) {
      lose(register.shard());
    }
  }

  /**
   * Only a courtesy: a shard taken from a living owner would be safe as well, but a useless
   * interruption.
   */
  private boolean mayTake(Register register) {
    String owner = ownerOf(register);
    return owner.isEmpty()
        || owner.equals(owner())
        || owner.startsWith(lineage + "/")
        || isOffered(register)
        || beats.isSilent(owner, nowMs());
  }

  private boolean isOffered(Register register) {
    return offers.entrySet().stream()
        .anyMatch(
            offer ->
                ownerOf(register).endsWith("/" + offer.getKey())
                    && offer.getValue().contains(register.shard()));
  }

  private Future<Void> take(Register register) {
    int shard = register.shard();
    long epoch = register.epoch() + 1;
    return epochs
        .take(shard, register.epoch(), owner())
        .compose(
            took -> {
              if (!took) {
                return Future.succeededFuture();
              }
              if (stopping) {
                return epochs.release(shard, epoch, owner()).mapEmpty();
              }
              log.meters().took(reason(register));
              log.hold(shard, epoch)
                  .onFailure(lost -> LOG.atDebug().log("shard lost while it was recovered"));
              // Not when all is recovered: one conversation that cannot be would keep its whole
              // shard from everybody.
              listener.took(shard, epoch);
              return Future.succeededFuture();
            });
  }

  private LogMeters.Reason reason(Register register) {
    String owner = ownerOf(register);
    if (register.epoch() == 0) {
      return LogMeters.Reason.FIRST;
    }
    if (owner.isEmpty() || isOffered(register)) {
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

  private Future<Void> release(int shard) {
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

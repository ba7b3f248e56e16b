package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.kafka.HeldJournal;
import chat.parley.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a keeper begins its rounds, over a register that answers when it is told to. */
class ShardKeeperTest {
  private static final LogSettings SETTINGS = withBeat(Duration.ofHours(1));

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HeldEpochs epochs = new HeldEpochs();
  private ShardKeeper keeper;

  private static LogSettings withBeat(Duration beat) {
    LogSettings like = LogSettings.defaults();
    return new LogSettings(
        beat.toMillis(),
        like.maxGroupChanges(),
        like.maxGroupBytes(),
        like.maxQueued(),
        like.publishedEveryMs(),
        like.idleMs());
  }

  @BeforeEach
  void make() {
    keeper =
        Await.join(
            on(
                () ->
                    Future.succeededFuture(
                        new ShardKeeper(
                            vertx, epochs, log(), SETTINGS, "a", "a", new Pair(), new Deaf()))));
  }

  private OwnedLog log() {
    MemoryStore store = new MemoryStore();
    return new OwnedLog(
        vertx,
        store,
        store.reads(),
        SETTINGS,
        (conversation, changes) -> Future.succeededFuture(),
        Clock.systemUTC(),
        BucketLimits.DEFAULT,
        new LogMeters(new SimpleMeterRegistry()),
        new WriteAhead(new HeldJournal().journal()));
  }

  @AfterEach
  void close() {
    Await.join(vertx.close());
  }

  /** Two loops of rounds would never become one again. */
  @Test
  void anOfferBeforeTheFirstBeatIsForTheFirstRoundAndBeginsNone() {
    Future<Void> started = on(keeper::start);
    Await.join(on(this::offer));
    Await.join(on(epochs::answerBeat));
    assertThat(epochs.rounds).as("under way at once").isEqualTo(1);

    Await.join(on(epochs::answerBeats));

    Await.join(started);
    Awaitility.await()
        .atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS))
        .until(() -> epochs.rounds == 2); // for the offer, and not at the next beat
  }

  @Test
  void whoStopsBeforeTheFirstBeatBeginsNoRound() {
    Future<Void> started = on(keeper::start);
    Await.join(on(keeper::stop));

    Await.join(on(epochs::answerBeat));

    Await.join(started);
    assertThat(epochs.rounds).isZero();
  }

  private Future<Void> offer() {
    keeper.offered("b", Set.of(1), false);
    return Future.succeededFuture();
  }

  private <T> Future<T> on(Supplier<Future<T>> step) {
    Promise<T> done = Promise.promise();
    context.runOnContext(run -> step.get().onComplete(done));
    return done.future();
  }

  /** Answers the first beat and the first round when told to, and no round after it. */
  private static final class HeldEpochs implements ShardEpochs {
    private final Promise<Void> beat = Promise.promise();
    private final Promise<Map<String, Long>> beats = Promise.promise();
    private volatile int rounds;

    Future<Void> answerBeat() {
      beat.complete();
      return beat.future();
    }

    Future<Map<String, Long>> answerBeats() {
      beats.complete(Map.of());
      return beats.future();
    }

    @Override
    public Future<Void> beat(String node, long number) {
      return beat.future();
    }

    /** The first thing that a round asks for. */
    @Override
    public Future<Map<String, Long>> beats() {
      boolean first = !beats.future().isComplete();
      rounds++;
      return first ? beats.future() : Promise.<Map<String, Long>>promise().future();
    }

    @Override
    public Future<List<Register>> all() {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Boolean> take(int shard, long seen, String owner) {
      return Future.succeededFuture(false); // somebody else was quicker
    }

    @Override
    public Future<Boolean> release(int shard, long epoch, String owner) {
      throw new UnsupportedOperationException();
    }
  }

  /** This node and the one that offers. */
  private static final class Pair implements ShardKeeper.Peers {
    @Override
    public Set<String> holders() {
      return Set.of("a", "b");
    }

    @Override
    public void offer(Set<Integer> shards, boolean leaving) {}
  }

  private static final class Deaf implements ShardKeeper.Listener {
    @Override
    public void took(int shard, long epoch) {}

    @Override
    public void lost(int shard, long epoch) {}

    @Override
    public void cutOff(boolean now) {}
  }
}

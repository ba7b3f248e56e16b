package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.Journal;
import chat.parley.kafka.KafkaSettings;
import chat.parley.model.Shard;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several keepers over the register of a real Cassandra; who sees whom is the test's to say. */
class ShardKeeperIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final LogSettings SETTINGS = withBeat(250);
  private static final int MISSED_BEATS = 3;

  private static Vertx drivers;
  private static CassandraSession session;
  private static ShardEpochs epochs;
  private static LogStore store;
  private static MessageLog reads;

  private final Vertx vertx = Vertx.vertx();
  private final Map<String, Set<String>> sees = new ConcurrentHashMap<>();
  private final Map<String, Keeper> keepers = new ConcurrentHashMap<>();

  private static LogSettings withBeat(long beatMs) {
    LogSettings like = LogSettings.defaults();
    return new LogSettings(
        beatMs,
        like.maxGroupChanges(),
        like.maxGroupBytes(),
        like.maxQueued(),
        like.publishedEveryMs(),
        like.idleMs());
  }

  /** Between a node and the store. */
  private enum Way {
    OPEN,
    CUT,
    MUTE
  }

  /** A node as far as shards go. */
  private final class Keeper implements ShardKeeper.Peers, ShardKeeper.Listener {
    final String name;
    final Context context = vertx.getOrCreateContext();
    final OwnedLog log;
    final ShardKeeper keeper;
    volatile boolean deaf;
    volatile int offers;
    volatile boolean cutOff;
    volatile Way toStore = Way.OPEN;
    final Set<Integer> announced = ConcurrentHashMap.newKeySet();

    Keeper(String name) {
      this(name, store);
    }

    Keeper(String name, LogStore store) {
      this.name = name;
      keepers.put(name, this);
      log =
          on(
              () ->
                  Future.succeededFuture(
                      new OwnedLog(
                          vertx,
                          store,
                          reads,
                          SETTINGS,
                          (conversation, changes) -> Future.succeededFuture(),
                          Clock.systemUTC(),
                          BucketLimits.DEFAULT,
                          new LogMeters(new SimpleMeterRegistry()),
                          new WriteAhead(
                              new Journal(
                                  vertx,
                                  KafkaSettings.defaults(),
                                  Shard.COUNT,
                                  new SimpleMeterRegistry())))));
      keeper = new ShardKeeper(vertx, reached(), log, SETTINGS, name, name, this, this);
    }

    /** The register, over the way as it is. */
    private ShardEpochs reached() {
      return (ShardEpochs)
          Proxy.newProxyInstance(
              ShardEpochs.class.getClassLoader(),
              new Class<?>[] {ShardEpochs.class},
              (proxy, method, arguments) ->
                  switch (toStore) {
                    case OPEN -> method.invoke(epochs, arguments);
                    case CUT -> Future.failedFuture("nothing arrives");
                    case MUTE ->
                        ((Future<?>) method.invoke(epochs, arguments))
                            .transform(done -> Future.failedFuture("no answer arrives"));
                  });
    }

    void start() {
      on(keeper::start);
    }

    Future<Void> stop() {
      Promise<Void> stopped = Promise.promise();
      context.runOnContext(run -> keeper.stop().onComplete(stopped));
      return stopped.future();
    }

    <T> T on(Supplier<Future<T>> step) {
      Promise<T> done = Promise.promise();
      context.runOnContext(run -> step.get().onComplete(done));
      return Await.join(done.future());
    }

    @Override
    public Set<String> holders() {
      return sees.get(name);
    }

    @Override
    public void offer(Set<Integer> shards, boolean leaving) {
      offers += shards.size();
      for (String other : sees.get(name)) {
        Keeper peer = keepers.get(other);
        if (peer != null && !peer.deaf) {
          peer.context.runOnContext(run -> peer.keeper.offered(name, shards, leaving));
        }
      }
    }

    @Override
    public void took(int shard, long epoch) {
      announced.add(shard);
    }

    @Override
    public void lost(int shard, long epoch) {}

    @Override
    public void cutOff(boolean now) {
      cutOff = now;
    }
  }

  @BeforeAll
  static void open() {
    drivers = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connect(
                drivers, SharedStack.cassandra("keeper_it"), new SimpleMeterRegistry()));
    store = Await.join(CassandraLogStore.over(session));
    epochs = Await.join(CassandraShardEpochs.over(session));
    reads =
        Await.join(
            CassandraBuckets.over(session)
                .compose(buckets -> CassandraMessageLog.over(session, store, buckets)));
  }

  @BeforeEach
  void nobodyHoldsAnything() {
    for (String table : List.of("shard_epoch", "node_beat")) {
      Await.join(session.write("truncate", SimpleStatement.newInstance("TRUNCATE " + table)));
    }
  }

  /** Keepers beat for as long as there is a loop to do it. */
  @AfterEach
  void endKeepers() {
    Await.join(vertx.close());
  }

  @AfterAll
  static void close() {
    Await.join(session.close());
    Await.join(drivers.close());
  }

  @Test
  void aNewcomerTakesItsPartFromOneThatServesOnMeanwhile() {
    together("a", "b");
    Keeper first = new Keeper("a");
    sees.put("a", Set.of("a"));
    first.start();
    awaitHeld(Map.of("a", Shard.COUNT));

    sees.put("a", Set.of("a", "b")); // a member from now on, and not ready to hold anything
    Keeper second = new Keeper("b");
    second.deaf = true;
    second.start();
    Awaitility.await().atMost(PATIENCE).until(() -> first.offers > 0);
    assertThat(first.log.shardsHeld())
        .as("what nobody has taken is served on")
        .isEqualTo(Shard.COUNT);

    second.deaf = false;
    awaitBalanced("a", "b");
  }

  @Test
  void aNodeThatStopsServesUntilItsShardsAreTaken() {
    together("a", "b");
    Keeper first = new Keeper("a");
    Keeper second = new Keeper("b");
    first.start();
    second.start();
    awaitBalanced("a", "b");

    second.deaf = true;
    int before = first.offers;
    Future<Void> stopped = first.stop();
    Awaitility.await().atMost(PATIENCE).until(() -> first.offers > before);
    assertThat(first.log.shardsHeld()).isPositive();
    second.deaf = false;
    Await.join(stopped);

    awaitHeld(Map.of("a", 0, "b", Shard.COUNT));
    assertThat(Await.join(epochs.all())).allMatch(register -> register.owner().equals("b/b"));
  }

  /** What its former owners left may take long, or for ever where the log is damaged. */
  @Test
  void aShardIsServedBeforeAllOfItIsRecovered() {
    together("a");
    LogStore silent =
        (LogStore)
            Proxy.newProxyInstance(
                LogStore.class.getClassLoader(),
                new Class<?>[] {LogStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("active")
                        ? Promise.promise().future()
                        : method.invoke(store, arguments));
    Keeper alone = new Keeper("a", silent);

    alone.start();

    Awaitility.await().atMost(PATIENCE).until(() -> alone.announced.size() == Shard.COUNT);
  }

  @Test
  void theLastOneLeavesItsShardsFree() {
    together("a");
    Keeper alone = new Keeper("a");
    alone.start();
    awaitHeld(Map.of("a", Shard.COUNT));

    Await.join(alone.stop());

    assertThat(Await.join(epochs.all()))
        .hasSize(Shard.COUNT)
        .allMatch(register -> register.owner().isEmpty());
  }

  @Test
  void whoIsCutOffGivesAllUpAndTheOthersTakeIt() {
    startTogether("a", "b", "c");

    sees.put("c", Set.of("c"));
    sees.put("a", Set.of("a", "b"));
    sees.put("b", Set.of("a", "b"));

    Awaitility.await().atMost(PATIENCE).until(() -> keepers.get("c").cutOff);
    awaitBalanced("a", "b");
    assertThat(keepers.get("c").log.shardsHeld()).isZero();
    assertThat(keepers.get("a").cutOff).isFalse();

    together("a", "b", "c");
    awaitBalanced("a", "b", "c");
    assertThat(keepers.get("c").cutOff).isFalse();
  }

  @Test
  void whoAloneIsWithoutTheStoreLosesItsShardsThoughAllSeeIt() {
    startTogether("a", "b", "c");

    for (Way cut : List.of(Way.CUT, Way.MUTE)) {
      keepers.get("c").toStore = cut;
      awaitBalanced("a", "b");
      assertThat(keepers.values()).noneMatch(keeper -> keeper.cutOff);

      keepers.get("c").toStore = Way.OPEN;
      awaitBalanced("a", "b", "c");
    }
  }

  @Test
  void oneThatHoldsNothingSeesTooThatItIsCutOff() {
    together("a", "b");
    new Keeper("a").start();
    new Keeper("b").start();
    Set<String> seen = ConcurrentHashMap.newKeySet();
    seen.addAll(Set.of("a", "b"));
    Queue<Boolean> told = new ConcurrentLinkedQueue<>();
    new PartWatch(vertx, epochs, SETTINGS, () -> Set.copyOf(seen), told::add).start();
    Awaitility.await().atMost(PATIENCE).until(() -> told.size() > 2 * MISSED_BEATS);
    assertThat(told).doesNotContain(true);

    seen.clear();
    Awaitility.await().atMost(PATIENCE).until(() -> told.contains(true));

    seen.addAll(Set.of("a", "b"));
    told.clear();
    Awaitility.await().atMost(PATIENCE).until(() -> told.contains(false));
  }

  /** Keepers that see each other; each has its part when this returns. */
  private void startTogether(String... names) {
    together(names);
    List<Keeper> all = Stream.of(names).map(Keeper::new).toList();
    all.forEach(Keeper::start);
    awaitBalanced(names);
  }

  private void together(String... names) {
    Set<String> all = Set.of(names);
    all.forEach(name -> sees.put(name, all));
  }

  private void awaitHeld(Map<String, Integer> shards) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                shards.forEach(
                    (name, count) ->
                        assertThat(keepers.get(name).log.shardsHeld()).as(name).isEqualTo(count)));
  }

  /** Each holds what it should, all of it is held, and nothing by two. */
  private void awaitBalanced(String... names) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (String name : names) {
                List<Integer> should = new ArrayList<>();
                for (int shard = 0; shard < Shard.COUNT; shard++) {
                  if (name.equals(Rendezvous.choose(shard, List.of(names)))) {
                    should.add(shard);
                  }
                }
                assertThat(held(keepers.get(name))).as(name).isEqualTo(should);
              }
            });
  }

  private static List<Integer> held(Keeper keeper) {
    return keeper.on(
        () -> {
          List<Integer> held = new ArrayList<>();
          for (int shard = 0; shard < Shard.COUNT; shard++) {
            if (keeper.log.epochOf(shard).isPresent()) {
              held.add(shard);
            }
          }
          return Future.succeededFuture(held);
        });
  }
}

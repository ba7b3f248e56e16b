package chat.parley.torture.scenario;

import chat.parley.client.Retries;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.embedded.EmbeddedSettings;
import chat.parley.embedded.Progress;
import chat.parley.torture.history.History;
import chat.parley.torture.load.BurstCount;
import chat.parley.torture.load.Gates;
import chat.parley.torture.load.Load;
import chat.parley.torture.load.LoadSettings;
import chat.parley.torture.load.Population;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A cluster, and what stands around it as long as it is up: the clients' ways in, the supervisor,
 * and those members of large groups that every scenario shares. Blocks; for one thread.
 */
final class Venue implements AutoCloseable {
  private static final Duration SET_UP_WITHIN = Duration.ofMinutes(5);
  private static final Duration READ_WITHIN = Duration.ofMinutes(10);

  /** What one scenario leaves in the stores is read within this. */
  private static final Duration READ_ONE_WITHIN = Duration.ofSeconds(15);

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** For 128 MiB of log, the segments beside it that are being written and removed, and air. */
  private static final int DISK_MIB = 256;

  /** Nodes live for minutes here, and the second compiler would spend them on getting ready. */
  private static final Map<String, String> QUICK_START =
      Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");

  /**
   * Half-open connections are found out within some 13 s, not after a minute; and a third of all
   * work would be the hashing of passwords.
   */
  private static final Map<String, String> NODE_SETTINGS =
      Map.of(
          "gateway.heartbeat-ms", "5000",
          "auth.password-memory-kib", "64",
          "auth.password-passes", "1");

  private final TortureSettings settings;
  private final Progress progress;
  private final DevCluster cluster;
  private final Optional<SmallDisk> disk;
  private final Supervisor supervisor;
  private final Doors doors;
  private final Vertx vertx;
  private final Context loop;
  private final Gates gates;
  private final Retries retries;
  private final Population population;
  private int played;

  private Venue(
      TortureSettings settings, Progress progress, DevCluster cluster, Optional<SmallDisk> disk) {
    this.disk = disk;
    this.settings = settings;
    this.progress = progress;
    this.cluster = cluster;
    this.supervisor = new Supervisor(cluster, progress);
    this.doors = new Doors(cluster);
    this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    this.loop = vertx.getOrCreateContext();
    Random jitter = new Random(settings.load().seed());
    this.gates = Gates.open(vertx, doors.addresses(), jitter);
    this.retries = new Retries(vertx, jitter, PATIENCE);
    this.population =
        new Population(gates, retries, Long.toString(System.currentTimeMillis() / 1000, 36));
  }

  /**
   * Starts a cluster on this folder.
   *
   * @param smallDisk whether Cassandra's commit log is to lie on a disk that can be filled up
   */
  static Venue open(Path folder, TortureSettings settings, boolean smallDisk, Progress progress) {
    Optional<SmallDisk> disk =
        smallDisk
            ? Optional.of(SmallDisk.mount(folder.resolve("commitlog-disk"), DISK_MIB))
            : Optional.empty();
    try {
      return new Venue(
          settings, progress, DevCluster.start(plan(folder, settings, disk), progress), disk);
    } catch (RuntimeException e) {
      disk.ifPresent(SmallDisk::close);
      throw e;
    }
  }

  private static DevClusterPlan plan(
      Path folder, TortureSettings settings, Optional<SmallDisk> disk) {
    DevClusterPlan plan =
        DevClusterPlan.of(folder, settings.roles().size())
            .withProxies()
            .withEnvironment(QUICK_START)
            .withSettings(NODE_SETTINGS);
    for (int i = 0; i < settings.roles().size(); i++) {
      plan = plan.withRoles(i, settings.roles().get(i));
    }
    return disk.isEmpty() ? plan : plan.withStores(loggingOn(disk.get(), plan.stores()));
  }

  private static EmbeddedSettings loggingOn(SmallDisk disk, EmbeddedSettings stores) {
    String log = Json.encode(disk.folder().resolve("commitlog").toString()); // is YAML, too
    return stores.withCassandra(
        stores.cassandra().map(usual -> usual.withOverrides(Map.of("commitlog_directory", log))));
  }

  /**
   * Plays a scenario, and leaves the cluster as it found it: all of it running, nothing broken, and
   * at rest.
   *
   * @throws TortureException where it did not come so far
   * @throws InterruptedException where the thread was interrupted; then this has to be closed
   */
  void play(Scenario scenario, long seed, History history) throws InterruptedException {
    played++;
    supervisor.watch(history);
    try {
      playIn(history, scenario, seed);
    } finally {
      supervisor.forget();
    }
  }

  private void playIn(History history, Scenario scenario, long seed) throws InterruptedException {
    AtomicReference<Load> talking = new AtomicReference<>();
    Stage stage = new Stage(cluster, history, new Random(seed), new LoadedCrowd(talking), disk);
    say(scenario, "people and conversations");
    LoadSettings load = settings.load().withSeed(seed);
    Load running =
        await(() -> Load.begin(vertx, history, gates, population, retries, load), SET_UP_WITHIN);
    talking.set(running);
    try {
      say(scenario, "warm-up");
      stage.hold(settings.warmUp());
      say(scenario, scenario.meaning());
      inject(scenario, stage);
      stage.mend();
      stage.hold(settings.calm());
      settle(scenario, running);
    } finally {
      await(running::end, PATIENCE);
    }
    say(scenario, "reading what is there at the end");
    FinalReader reader = new FinalReader(vertx, cluster, settings.settle());
    await(() -> reader.read(history, running.conversations()), READ_WITHIN);
    stage.restore();
    stage.awaitWhole();
  }

  private void say(Scenario scenario, String what) {
    progress.line(scenario.word() + ": " + what);
  }

  private void inject(Scenario scenario, Stage stage) throws InterruptedException {
    long deadline = System.nanoTime() + settings.length().toNanos();
    scenario.round().run(stage, 0);
    for (int round = 1; System.nanoTime() - deadline < 0; round++) {
      stage.restore();
      scenario.round().run(stage, round);
    }
  }

  private void settle(Scenario scenario, Load running) throws InterruptedException {
    say(scenario, "settling");
    Duration patience = settlePatience(scenario);
    boolean settled =
        await(
            () -> {
              running.stop();
              return running.settle(patience);
            },
            patience.multipliedBy(2).plus(PATIENCE));
    if (!settled) {
      say(scenario, "not everything has come to rest in time");
    }
  }

  /** A run whose sends may wait long for their acks may take as long to come to rest. */
  private Duration settlePatience(Scenario scenario) {
    Duration gap = settings.longestAckGap().orElse(scenario.longestAckGapOfOne());
    return gap.compareTo(settings.settle()) > 0 ? gap : settings.settle();
  }

  /** Looks at everything that the stores hold, whose ever it is: what is wrong, in words. */
  List<String> verify() throws InterruptedException {
    return await(new FinalReader(vertx, cluster, settings.settle())::verify, verifyWithin(played));
  }

  /** How long a verification of all that so many scenarios have left may take. */
  static Duration verifyWithin(int scenarios) {
    return READ_WITHIN.plus(READ_ONE_WITHIN.multipliedBy(scenarios));
  }

  /** What scenarios tell people, said on the loop. */
  private final class LoadedCrowd implements Stage.Crowd {
    private final AtomicReference<Load> load;

    LoadedCrowd(AtomicReference<Load> load) {
      this.load = load;
    }

    @Override
    public void talk(boolean on) {
      loop.runOnContext(here -> load.get().talk(on));
    }

    @Override
    public void beginBurst() {
      loop.runOnContext(here -> load.get().beginBurst());
    }

    @Override
    public BurstCount endBurst() throws InterruptedException {
      return await(() -> Future.succeededFuture(load.get().endBurst()), PATIENCE);
    }

    @Override
    public int gather(int gateway, int each) throws InterruptedException {
      return await(() -> load.get().gather(gateway, each), SET_UP_WITHIN);
    }

    @Override
    public int guestsOutside() throws InterruptedException {
      return await(() -> Future.succeededFuture(load.get().guestsOutside()), PATIENCE);
    }
  }

  private <T> T await(Supplier<Future<T>> work, Duration patience) throws InterruptedException {
    Promise<T> promise = Promise.promise();
    loop.runOnContext(started -> work.get().onComplete(promise));
    try {
      return promise
          .future()
          .toCompletionStage()
          .toCompletableFuture()
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new TortureException(String.valueOf(e.getCause().getMessage()), e.getCause());
    } catch (TimeoutException e) {
      throw new TortureException("no answer within " + patience.toSeconds() + " s", e);
    }
  }

  /** Stops everything. */
  @Override
  public void close() {
    supervisor.close();
    try {
      await(gates::close, PATIENCE);
      vertx.close().toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TortureException e) {
      progress.line("the clients did not close: " + e.getMessage());
    }
    doors.close();
    try {
      cluster.close();
    } finally {
      disk.ifPresent(SmallDisk::close);
    }
  }
}

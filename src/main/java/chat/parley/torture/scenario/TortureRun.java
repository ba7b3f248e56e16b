package chat.parley.torture.scenario;

import chat.parley.client.Retries;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterException;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.Progress;
import chat.parley.torture.check.Judge;
import chat.parley.torture.check.Judgement;
import chat.parley.torture.check.Requirements;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * One cluster on which scenarios are played one after the other, each under a load and with a
 * history of its own. Blocks; for one thread.
 */
public final class TortureRun implements AutoCloseable {
  private static final Duration SET_UP_WITHIN = Duration.ofMinutes(5);
  private static final Duration READ_WITHIN = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final TortureSettings settings;
  private final Progress progress;
  private final DevCluster cluster;
  private final Supervisor supervisor;
  private final Doors doors;
  private final Vertx vertx;
  private final Context loop;
  private final Gates gates;
  private final Retries retries;
  private final Population population;
  private int played;

  private TortureRun(TortureSettings settings, Progress progress, DevCluster cluster) {
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
   * Starts the cluster.
   *
   * @param progress hears what happens, and the lines of nodes and stores
   */
  public static TortureRun start(TortureSettings settings, Progress progress) {
    DevClusterPlan plan =
        DevClusterPlan.of(settings.dataDirectory(), settings.roles().size())
            .withProxies()
            // Half-open connections are found out within some 13 s, not after a minute.
            .withSettings(Map.of("gateway.heartbeat-ms", "5000"));
    for (int i = 0; i < settings.roles().size(); i++) {
      plan = plan.withRoles(i, settings.roles().get(i));
    }
    try {
      Files.createDirectories(settings.histories());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TortureRun(settings, progress, DevCluster.start(plan, progress));
  }

  /**
   * Plays a scenario, and judges it.
   *
   * @param seed instead of the settings'
   * @throws InterruptedException where the thread was interrupted; then the run has to be closed
   */
  public Outcome play(Scenario scenario, long seed) throws InterruptedException {
    Optional<String> impossible = scenario.impossible();
    if (impossible.isPresent()) {
      progress.line(scenario.word() + ": skipped: " + impossible.get());
      return Outcome.skipped(scenario, seed, impossible.get());
    }
    long beganAt = System.nanoTime();
    Path file =
        settings.histories().resolve("%02d-%s-%d.jsonl".formatted(++played, scenario.word(), seed));
    try {
      try (History history = History.begin(file)) {
        play(scenario, seed, history);
      }
      progress.line(scenario.word() + ": judging");
      Judgement judgement = Judge.judge(file, requirements(scenario));
      progress.line(scenario.word() + ": " + (judgement.isSound() ? "sound" : "RED"));
      return Outcome.judged(scenario, seed, file, since(beganAt), judgement);
    } catch (TortureException | DevClusterException | EmbeddedStackException brokeOff) {
      progress.line(scenario.word() + ": broke off: " + brokeOff.getMessage());
      return Outcome.broken(scenario, seed, file, since(beganAt), brokeOff.getMessage());
    }
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private void play(Scenario scenario, long seed, History history) throws InterruptedException {
    AtomicReference<Load> talking = new AtomicReference<>();
    Stage stage = new Stage(cluster, history, new Random(seed), new LoadedCrowd(talking));
    stage.restore();
    progress.line(scenario.word() + ": people and conversations");
    LoadSettings load = settings.load().withSeed(seed);
    Load running =
        await(() -> Load.begin(vertx, history, gates, population, retries, load), SET_UP_WITHIN);
    talking.set(running);
    try {
      progress.line(scenario.word() + ": warm-up");
      stage.hold(settings.warmUp());
      progress.line(scenario.word() + ": " + scenario.meaning());
      inject(scenario, stage);
      stage.restore();
      stage.hold(settings.calm());
      settle(scenario, running);
    } finally {
      await(running::end, PATIENCE);
    }
    progress.line(scenario.word() + ": reading what is there at the end");
    FinalReader reader = new FinalReader(vertx, cluster, settings.settle());
    await(() -> reader.read(history, running.conversations()), READ_WITHIN);
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
  }

  private void settle(Scenario scenario, Load running) throws InterruptedException {
    progress.line(scenario.word() + ": settling");
    boolean settled =
        await(
            () -> {
              running.stop();
              return running.settle(settings.settle());
            },
            settings.settle().plus(PATIENCE));
    if (!settled) {
      progress.line(scenario.word() + ": not everything has come to rest in time");
    }
  }

  private Requirements requirements(Scenario scenario) {
    long calmSeconds = settings.warmUp().plus(settings.calm()).toSeconds();
    return Requirements.least()
        .withLeastAcks(settings.load().rate() * calmSeconds / 4)
        .withLongestGaps(
            settings.longestAckGap().orElse(scenario.longestAckGap()),
            settings.longestAckGap().orElse(scenario.longestAckGapOfOne()))
        .withFaultSeen()
        .withCursors()
        .withSorts(Set.of("dm", "group"));
  }

  private void inject(Scenario scenario, Stage stage) throws InterruptedException {
    long deadline = System.nanoTime() + settings.length().toNanos();
    int round = 0;
    do {
      scenario.round().run(stage, round++);
    } while (System.nanoTime() - deadline < 0);
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
    cluster.close();
  }
}

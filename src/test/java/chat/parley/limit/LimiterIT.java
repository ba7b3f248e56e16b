package chat.parley.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.FailureException.Scope;
import chat.parley.registry.ClusterSettings;
import chat.parley.registry.HazelcastStart;
import chat.parley.testing.Await;
import chat.parley.testing.ParleyServer;
import com.hazelcast.core.HazelcastInstance;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three members of a real grid in one JVM, on loopback. */
final class LimiterIT {
  private static final int NODES = 3;
  private static final Limit MESSAGES = new Limit(Scope.USER, Kind.MESSAGES);
  private static final long PATIENT_MS = 30_000;
  private static final int FLOOD_SECONDS = 4;

  private final List<HazelcastInstance> grids = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Vertx vertx;

  @BeforeEach
  void join() throws Exception {
    vertx = Vertx.vertx();
    String name = "test-" + UUID.randomUUID();
    int port = ParleyServer.freePort();
    for (int i = 0; i < NODES; i++) {
      ClusterSettings settings =
          new ClusterSettings(
              name,
              "node" + i,
              "127.0.0.1",
              i == 0 ? port : 0,
              1,
              List.of("127.0.0.1:" + port),
              0,
              ClusterSettings.PublicAddress.SAME,
              Optional.empty(),
              8,
              30,
              120);
      grids.add(
          Await.join(
              HazelcastStart.start(settings, List.of("gateway"), HazelcastBuckets::configure)));
    }
    await().until(() -> grids.get(NODES - 1).getCluster().getMembers().size() == NODES);
  }

  @AfterEach
  void leave() {
    grids.forEach(grid -> grid.getLifecycleService().terminate());
    Await.join(vertx.close());
  }

  private Limiter node(int index, String rate, long deadlineMs) {
    RateSettings usual = RateSettings.defaults();
    return new Limiter(
        new RateSettings(
            Map.of(MESSAGES, Rate.parse(rate)),
            usual.arrivals(),
            usual.trustedAddresses(),
            usual.trustedProxies()),
        new HazelcastBuckets(vertx, grids.get(index)),
        () -> NODES,
        System::nanoTime,
        deadlineMs,
        meters);
  }

  /** How many of so many attempts, all at once, are let through. */
  private static int passed(Limiter node, int attempts) {
    List<Future<Void>> all = new ArrayList<>();
    for (int i = 0; i < attempts; i++) {
      all.add(node.take(List.of(new Charge(MESSAGES, "ann", 1))));
    }
    Await.join(Future.join(all).transform(done -> Future.succeededFuture()));
    return (int) all.stream().filter(Future::succeeded).count();
  }

  @Test
  void aFloodOverThreeNodesPassesAtLeastTheLimitAndAtMostOneAndAHalfTimesIt() {
    int passed = 0;
    for (int i = 0; i < NODES; i++) {
      passed += passed(node(i, "60 + 1/h", PATIENT_MS), 200);
    }

    assertThat(passed).isBetween(60, 90);
    assertThat(meters.get("parley.limit.local").counter().count()).isZero();
  }

  /** For as long as it goes on, not only while the first tokens last. */
  @Test
  void aFloodThatLastsPassesAtItsRateOverAllNodesTogether() throws Exception {
    List<Limiter> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      nodes.add(node(i, "30 + 30/s", PATIENT_MS));
    }
    ExecutorService flooders = Executors.newFixedThreadPool(NODES);
    long begun = System.nanoTime();
    List<java.util.concurrent.Future<Integer>> floods =
        nodes.stream().map(node -> flooders.submit(() -> flood(node, begun))).toList();
    flooders.shutdown();
    int passed = 0;
    for (java.util.concurrent.Future<Integer> flood : floods) {
      passed += flood.get();
    }
    double seconds = (System.nanoTime() - begun) / 1e9;

    double allowed = 30 + 30 * seconds;
    System.out.printf("%d passed of %.0f allowed, %.1f s%n", passed, allowed, seconds);
    assertThat((double) passed).isBetween((30 + 30 * FLOOD_SECONDS) * 0.6, allowed * 1.5 + NODES);
    assertThat(meters.get("parley.limit.local").counter().count()).isZero();
  }

  /** Ten times what is allowed, by each node; until the time is over. */
  private static int flood(Limiter node, long begun) throws InterruptedException {
    int passed = 0;
    while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(FLOOD_SECONDS)) {
      passed += passed(node, 6);
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return passed;
  }

  @Test
  void aNodeWhoseGridIsGoneLimitsByItselfAtOnce() {
    Limiter node = node(0, "60 + 1/h", Limiter.GRID_DEADLINE_MS);
    assertThat(passed(node, 5)).isEqualTo(5);
    grids.get(0).getLifecycleService().terminate();

    long begun = System.nanoTime();
    int more = passed(node, 200);

    assertThat(more).isEqualTo(5 + 60);
    assertThat((System.nanoTime() - begun) / 1_000_000_000.0).isLessThan(20);
    assertThat(meters.get("parley.limit.local").counter().count()).isPositive();
    assertThat(meters.get("parley.limit.grid.available").gauge().value()).isZero();
  }
}

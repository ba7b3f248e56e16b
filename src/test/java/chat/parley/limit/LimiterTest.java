package chat.parley.limit;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nodes of one cluster, their clock and their grid in hand. */
final class LimiterTest {
  private static final Limit MESSAGES = new Limit(Scope.USER, Kind.MESSAGES);
  private static final Limit OF_ADDRESS = new Limit(Scope.IP, Kind.MESSAGES);

  private final HandTime time = new HandTime();
  private final FakeCluster cluster = new FakeCluster(time);
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private int nodes = 3;

  private Limiter node(String rate) {
    return node(Map.of(MESSAGES, Rate.parse(rate)));
  }

  private Limiter node(Map<Limit, Rate> rates) {
    RateSettings usual = RateSettings.defaults();
    return new Limiter(
        new RateSettings(rates, usual.arrivals(), usual.trustedAddresses(), usual.trustedProxies()),
        cluster,
        () -> nodes,
        time,
        60_000,
        meters);
  }

  private static Future<Void> send(Limiter node, String user) {
    return node.take(List.of(new Charge(MESSAGES, user, 1)));
  }

  /** How many of so many attempts were let through. */
  private static int sends(Limiter node, int attempts) {
    return (int) IntStream.range(0, attempts).filter(i -> send(node, "ann").succeeded()).count();
  }

  private double counted(String name, String... tags) {
    return meters.get(name).tags(tags).counter().count();
  }

  @Test
  void aNodeAloneHoldsTheLimitExactlyAndAsksNobody() {
    nodes = 1;
    Limiter node = node("60 + 5/s");

    assertThat(sends(node, 100)).isEqualTo(60);
    time.pass(2_000);
    assertThat(sends(node, 100)).isEqualTo(10);
    assertThat(cluster.asked).isEmpty();
  }

  @Test
  void aRefusalSaysWhoseLimitItIsAndWhenToComeBack() {
    nodes = 1;
    Limiter node = node("2 + 4/s");
    sends(node, 2);

    FailureException refusal = (FailureException) send(node, "ann").cause();

    assertThat(refusal.failure()).isEqualTo(Failure.RATE_LIMITED);
    assertThat(refusal.scope()).isEqualTo(Scope.USER);
    assertThat(refusal.retryAfterMs()).isEqualTo(250);
    assertThat(send(node, "ben").succeeded()).isTrue();
    time.pass(refusal.retryAfterMs());
    assertThat(send(node, "ann").succeeded()).isTrue();
    assertThat(counted("parley.limit.refused", "scope", "user", "kind", "messages")).isEqualTo(1);
  }

  @Test
  void whoTalksAsPeopleTalkIsNeverAskedAboutInTheGrid() {
    Limiter node = node("60 + 6/s");

    for (int second = 0; second < 600; second++) {
      assertThat(send(node, "ann").succeeded()).isTrue();
      time.pass(1_000);
    }

    assertThat(cluster.asked).isEmpty();
  }

  @Test
  void overThreeNodesTheSumIsAtLeastTheLimitAndAtMostOneAndAHalfTimesIt() {
    List<Limiter> three = List.of(node("60 + 6/s"), node("60 + 6/s"), node("60 + 6/s"));
    int passed = 0;
    for (int tenth = 0; tenth < 600; tenth++) {
      for (Limiter node : three) {
        passed += sends(node, 10);
      }
      time.pass(100);
    }

    int setting = 60 + 6 * 60;
    assertThat(passed).isBetween(setting, setting * 3 / 2);
  }

  @Test
  void aFloodCostsTheGridNoMoreQuestionsThanItGrants() {
    Limiter node = node("60 + 6/s");
    sends(node, 10_000);
    int asked = cluster.asked.size();
    assertThat(asked).isLessThanOrEqualTo(61);

    time.pass(1_000);
    sends(node, 10_000);

    assertThat(cluster.asked.size() - asked).isLessThanOrEqualTo(7);
  }

  @Test
  void thoseWhoWaitForTheGridShareAQuestionAndAreAnsweredInTheirOrder() {
    cluster.holds = true;
    Limiter node = node("60 + 6/s");
    sends(node, 10); // this node's own share
    List<Integer> answered = new ArrayList<>();
    List<Future<Void>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      waiting.add(send(node, "ann").onComplete(done -> answered.add(number)));
    }
    time.pass(1_000); // the share has a token again, but others wait
    waiting.add(send(node, "ann").onComplete(done -> answered.add(5)));
    assertThat(cluster.asked).containsExactly(1L);

    cluster.held.poll().complete(1L);
    assertThat(cluster.asked).containsExactly(1L, 5L);
    cluster.held.poll().complete(3L);

    assertThat(answered).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(waiting.stream().filter(Future::succeeded)).hasSize(4);
    assertThat(((FailureException) waiting.get(5).cause()).retryAfterMs()).isBetween(1L, 170L);
  }

  @Test
  void whereTheGridIsAwayLimitsAreTheNodesOwnAndNobodyWaits() {
    cluster.fails = true;
    Limiter node = node("60 + 6/s");

    assertThat(sends(node, 200)).isEqualTo(70); // its share, and the whole setting
    assertThat(cluster.asked).hasSize(1);
    assertThat(counted("parley.limit.local")).isEqualTo(190);
    assertThat(meters.get("parley.limit.grid.available").gauge().value()).isZero();

    time.pass(1_100);
    sends(node, 100);
    assertThat(cluster.probes).isEqualTo(1);
    assertThat(cluster.asked).hasSize(1);

    cluster.fails = false;
    time.pass(1_100);
    sends(node, 100);
    assertThat(cluster.probes).isEqualTo(2);
    sends(node, 100);
    assertThat(cluster.asked.size()).isGreaterThan(1);
    assertThat(meters.get("parley.limit.grid.available").gauge().value()).isEqualTo(1);
  }

  @Test
  void whoHasUsedUpTheirOwnLimitTakesNothingFromThoseBehindTheSameAddress() {
    nodes = 1;
    Limiter node =
        node(Map.of(MESSAGES, Rate.parse("5 + 1/h"), OF_ADDRESS, Rate.parse("10 + 1/h")));
    for (int i = 0; i < 100; i++) {
      both(node, "ann");
    }

    assertThat(IntStream.range(0, 5).filter(i -> both(node, "ben").succeeded()).count())
        .isEqualTo(5);
    assertThat(((FailureException) both(node, "cid").cause()).scope()).isEqualTo(Scope.IP);
  }

  private static Future<Void> both(Limiter node, String user) {
    return node.take(
        List.of(new Charge(MESSAGES, user, 1), new Charge(OF_ADDRESS, "192.0.2.1", 1)));
  }

  @Test
  void whatIsMoreThanABurstIsNotRefusedForEverAndWhatHasNoLimitIsNotCounted() {
    Limiter node = node("60 + 60/s");

    assertThat(node.take(List.of(new Charge(MESSAGES, "ann", 500))).succeeded()).isTrue();
    assertThat(node.take(List.of(new Charge(MESSAGES, "ann", 500))).failed()).isTrue();
    time.pass(1_000);
    assertThat(node.take(List.of(new Charge(MESSAGES, "ann", 500))).succeeded()).isTrue();
    assertThat(node.take(List.of(new Charge(OF_ADDRESS, "192.0.2.1", Long.MAX_VALUE))).succeeded())
        .isTrue();
  }

  @Test
  void aClusterThatGrowsOrShrinksKeepsWhatWasTaken() {
    nodes = 1;
    Limiter node = node("60 + 6/h");
    assertThat(sends(node, 58)).isEqualTo(58);
    nodes = 3;
    assertThat(sends(node, 2)).isEqualTo(2);
    assertThat(cluster.asked).isEmpty();
    nodes = 1;
    assertThat(sends(node, 100)).isZero();
  }
}

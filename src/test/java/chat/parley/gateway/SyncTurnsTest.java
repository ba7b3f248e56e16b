package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SyncTurnsTest {
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SyncTurns turns = new SyncTurns(2, meters);
  private final List<String> asked = new ArrayList<>();
  private final List<Promise<String>> answers = new ArrayList<>();

  private Future<String> question(String name) {
    asked.add(name);
    Promise<String> answer = Promise.promise();
    answers.add(answer);
    return answer.future();
  }

  @Test
  void soManyAreAskedAtOnceAndThoseWhoHaveBegunGoFirst() {
    for (String device : List.of("a", "b", "c", "d")) {
      turns.begin(() -> question(device));
    }
    turns.goOn(() -> question("more of a"));
    assertThat(asked).containsExactly("a", "b");
    assertThat(meters.get("parley.gateway.syncs.waiting").gauge().value()).isEqualTo(3);

    answers.get(0).complete("");
    assertThat(asked).containsExactly("a", "b", "more of a");
    answers.get(1).fail("the log is away");
    assertThat(asked).containsExactly("a", "b", "more of a", "c");
  }

  @Test
  void whoHasNotBegunGetsATurnHoweverMuchOthersAskFor() {
    turns.goOn(() -> question("a"));
    turns.goOn(() -> question("b"));
    turns.begin(() -> question("new"));
    for (int i = 0; i < 16; i++) {
      turns.goOn(() -> question("more"));
      answers.get(i).complete("");
    }
    assertThat(asked).contains("new");
  }

  @Test
  void whatLiveDeliveryHasMissedWaitsForNobodyWhoWasAwayAndTheyNotForIt() {
    for (String device : List.of("a", "b", "c")) {
      turns.begin(() -> question(device));
    }
    for (String device : List.of("live a", "live b", "live c")) {
      turns.repair(() -> question(device));
    }
    assertThat(asked).as("so many of each").containsExactly("a", "b", "live a", "live b");
    assertThat(meters.get("parley.gateway.syncs.waiting").gauge().value())
        .as("by which newcomers are refused")
        .isEqualTo(1);

    answers.get(2).complete("");
    assertThat(asked).last().isEqualTo("live c");
    answers.get(0).complete("");
    assertThat(asked).last().isEqualTo("c");
  }

  @Test
  void whatIsNotAnsweredGivesItsTurnToAnotherAndIsWaitedForAllTheSame() {
    List<Runnable> due = timed();
    List<Future<String>> asking = new ArrayList<>();
    for (String device : List.of("a", "b", "c", "d")) {
      asking.add(turns.begin(() -> question(device)));
    }
    assertThat(asked).containsExactly("a", "b");
    assertThat(due).hasSize(2);

    due.get(0).run();
    assertThat(asked).containsExactly("a", "b", "c");
    assertThat(asking.get(0).isComplete()).isFalse();

    answers.get(0).complete("late");
    assertThat(asking.get(0).result()).isEqualTo("late");
    assertThat(asked).as("it had given its turn back already").containsExactly("a", "b", "c");
  }

  @Test
  void whatIsAnsweredInTimeGivesItsTurnBackOnce() {
    List<Runnable> due = timed();
    for (String device : List.of("a", "b", "c", "d", "e")) {
      turns.begin(() -> question(device));
    }
    List<Runnable> first = List.copyOf(due);

    answers.get(0).complete("");
    answers.get(1).fail("the log is away");
    assertThat(asked).containsExactly("a", "b", "c", "d");
    assertThat(due).as("only of those under way").hasSize(2).doesNotContainAnyElementsOf(first);

    first.forEach(Runnable::run);
    assertThat(asked).containsExactly("a", "b", "c", "d");
  }

  /** What is to be done when a turn has lasted long enough, of those under way. */
  private List<Runnable> timed() {
    List<Runnable> due = new ArrayList<>();
    turns.timedBy(
        (delayMs, deed) -> {
          assertThat(delayMs).isEqualTo(SyncTurns.TURN_MS);
          due.add(deed);
          return () -> due.remove(deed);
        });
    return due;
  }

  @Test
  void tenThousandWhoAreGoneWhenTheirTurnComesTakeNoStackAndNoTurn() {
    turns.begin(() -> question("a"));
    turns.begin(() -> question("b"));
    List<Future<String>> gone = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      gone.add(turns.begin(() -> Future.failedFuture("gone")));
    }
    Future<String> last = turns.begin(() -> Future.succeededFuture("there"));

    answers.get(0).complete("");

    assertThat(gone).allMatch(Future::failed);
    assertThat(last.result()).isEqualTo("there");
  }
}

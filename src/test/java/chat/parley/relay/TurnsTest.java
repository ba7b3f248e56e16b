package chat.parley.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TurnsTest {
  private static final int VERY_MANY = 100_000;

  private final Turns turns = new Turns(2);
  private final List<Promise<Integer>> begun = new ArrayList<>();

  @Test
  void onlySoManyRunAtOnceAndTheOthersFollowInOrder() {
    List<Future<Integer>> taken = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      taken.add(turns.take(this::begin));
    }
    assertThat(begun).hasSize(2);

    begun.get(1).complete(7);
    assertThat(begun).hasSize(3);
    assertThat(taken.get(1).result()).isEqualTo(7);
    begun.get(0).fail("no");
    assertThat(begun).hasSize(4);
    assertThat(taken.get(0).failed()).isTrue();
  }

  @Test
  void aLongLineThatEndsAtOnceDoesNotGoDownTheStack() {
    turns.take(this::begin);
    turns.take(this::begin);
    List<Future<Integer>> line = new ArrayList<>();
    for (int i = 0; i < VERY_MANY; i++) {
      line.add(turns.take(() -> Future.failedFuture("full")));
    }
    begun.get(0).complete(1);
    assertThat(line).allMatch(Future::failed);
  }

  private Future<Integer> begin() {
    Promise<Integer> promise = Promise.promise();
    begun.add(promise);
    return promise.future();
  }
}

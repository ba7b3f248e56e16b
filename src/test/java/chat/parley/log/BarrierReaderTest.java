package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A read that began before the call may be older than the write that the call is to fence. */
class BarrierReaderTest {
  private record Read(Set<?> shards, Promise<Map<Integer, Long>> answer) {}

  private final List<Read> reads = new ArrayList<>();
  private final LogStore store =
      (LogStore)
          Proxy.newProxyInstance(
              LogStore.class.getClassLoader(),
              new Class<?>[] {LogStore.class},
              (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("epochs");
                Read read = new Read(Set.copyOf((Collection<?>) arguments[0]), Promise.promise());
                reads.add(read);
                return read.answer().future();
              });
  private final BarrierReader reader = new BarrierReader(store);

  @Test
  void whoComesWhileAReadIsUnderWayIsAnsweredByOneThatBeginsLater() {
    Future<Long> early = reader.epochOf(7);
    Future<Long> late = reader.epochOf(7);
    assertThat(reads).as("one at a time").hasSize(1);

    reads.get(0).answer().complete(Map.of(7, 1L));

    assertThat(early.result()).isEqualTo(1);
    assertThat(late.isComplete()).isFalse();
    assertThat(reads).hasSize(2);
    reads.get(1).answer().complete(Map.of(7, 2L));
    assertThat(late.result()).isEqualTo(2);
  }

  @Test
  void whoComesOfAnAnswerIsNotAnsweredByTheReadThatIsOver() {
    Future<Long> next = reader.epochOf(7).compose(first -> reader.epochOf(7));

    reads.get(0).answer().complete(Map.of(7, 1L));

    assertThat(next.isComplete()).isFalse();
    reads.get(1).answer().complete(Map.of(7, 2L));
    assertThat(next.result()).isEqualTo(2);
  }

  @Test
  void allWhoComeMeanwhileShareTheNextRead() {
    reader.epochOf(7);
    Future<Long> seven = reader.epochOf(7);
    Future<Long> eight = reader.epochOf(8);
    Future<Long> again = reader.epochOf(8);

    reads.get(0).answer().complete(Map.of(7, 1L));
    assertThat(reads).extracting(Read::shards).containsExactly(Set.of(7), Set.of(7, 8));
    reads.get(1).answer().complete(Map.of(7, 2L));

    assertThat(seven.result()).isEqualTo(2);
    assertThat(eight.result()).as("never taken").isZero();
    assertThat(again.result()).isZero();
    assertThat(reads).hasSize(2);
  }

  @Test
  void aReadThatFailsIsTheTroubleOfThoseAloneWhoWaitedForIt() {
    Future<Long> early = reader.epochOf(7);
    Future<Long> late = reader.epochOf(7);

    reads.get(0).answer().fail("the store is away");
    reads.get(1).answer().complete(Map.of(7, 1L));

    assertThat(early.cause()).hasMessage("the store is away");
    assertThat(late.result()).isEqualTo(1);
  }

  @Test
  void whoComesInThePauseSharesTheReadAfterIt() {
    Promise<Void> pause = Promise.promise();
    BarrierReader pausing = new BarrierReader(store, pause::future);
    Future<Long> first = pausing.epochOf(7);
    reads.get(0).answer().complete(Map.of(7, 1L));
    assertThat(first.result()).as("it does not wait for the pause").isEqualTo(1);

    Future<Long> early = pausing.epochOf(7);
    Future<Long> late = pausing.epochOf(8);
    assertThat(reads).hasSize(1);
    pause.complete();

    assertThat(reads).extracting(Read::shards).last().isEqualTo(Set.of(7, 8));
    reads.get(1).answer().complete(Map.of(7, 2L, 8, 3L));
    assertThat(early.result()).isEqualTo(2);
    assertThat(late.result()).isEqualTo(3);
  }
}

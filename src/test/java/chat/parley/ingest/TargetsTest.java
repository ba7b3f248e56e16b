package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.log.MessageState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TargetsTest {
  private final Targets targets = new Targets();
  private final List<Promise<MessageState>> loads = new ArrayList<>();

  @Test
  void whoAltersOneMessageAtOnceSharesItAndTheNextReadsIt() {
    Promise<String> first = Promise.promise();
    Promise<String> second = Promise.promise();

    Future<String> one = with(first.future());
    Future<String> two = with(second.future());
    assertThat(loads).hasSize(1);
    loads.get(0).complete();
    first.complete("a");
    Future<String> three = with(Future.succeededFuture("c"));
    assertThat(loads).as("while it is in use").hasSize(1);
    second.fail("refused");

    assertThat(one.result()).isEqualTo("a");
    assertThat(two.failed()).isTrue();
    assertThat(three.result()).isEqualTo("c");
    with(Future.succeededFuture("d"));
    assertThat(loads).hasSize(2);
  }

  @Test
  void aFailedLoadIsTriedAnew() {
    Future<String> one = with(Future.succeededFuture("a"));
    loads.get(0).fail("away");

    assertThat(one.failed()).isTrue();
    Future<String> two = with(Future.succeededFuture("b"));
    loads.get(1).complete();
    assertThat(two.result()).isEqualTo("b");
  }

  private Future<String> with(Future<String> work) {
    return targets.with(
        5,
        () -> {
          Promise<MessageState> load = Promise.promise();
          loads.add(load);
          return load.future();
        },
        message -> work);
  }
}

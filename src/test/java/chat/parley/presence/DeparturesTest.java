package chat.parley.presence;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Users who leave, and a store that answers when this test says so. */
class DeparturesTest {
  private static final int MANY = 20_000;

  private final List<String> asked = new ArrayList<>();
  private final List<Promise<Void>> open = new ArrayList<>();
  private boolean away;
  private final Departures departures =
      new Departures(
          new PresenceRecords() {
            @Override
            public Future<List<Stored>> of(Collection<UserId> users) {
              throw new UnsupportedOperationException();
            }

            @Override
            public Future<Void> seen(UserId user, long at) {
              asked.add(user.value() + " " + at);
              if (away) {
                return Future.failedFuture("the store is away");
              }
              Promise<Void> promise = Promise.promise();
              open.add(promise);
              return promise.future();
            }

            @Override
            public Future<Void> show(UserId user, PresenceVisibility visibleTo) {
              throw new UnsupportedOperationException();
            }
          });

  private static List<Departure> leave(int users, long at) {
    return IntStream.range(0, users)
        .mapToObj(number -> new Departure(new UserId("u" + number), at))
        .toList();
  }

  @Test
  void fewAreWrittenAtOnceAndEachUserOnceWithTheLatestTime() {
    departures.add(leave(20, 1));
    departures.add(leave(20, 2));
    assertThat(asked).hasSize(8);

    for (int i = 0; i < open.size(); i++) {
      open.get(i).complete();
    }

    assertThat(asked).hasSize(28).contains("u0 1").endsWith("u6 2", "u7 2");
    assertThat(asked).doesNotContain("u8 1");
  }

  @Test
  void whenAllFailAtOnceTheyAreDroppedAndTheNextAreWritten() {
    away = true;
    departures.add(leave(MANY, 1));
    assertThat(asked).hasSize(MANY);

    away = false;
    departures.add(leave(20, 2));
    assertThat(asked).as("as many places as ever").hasSize(MANY + 8);
  }
}

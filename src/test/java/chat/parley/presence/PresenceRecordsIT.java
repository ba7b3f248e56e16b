package chat.parley.presence;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PresenceRecordsIT {
  private static final UserId ANNA = new UserId("anna");

  private final Vertx vertx = Vertx.vertx();
  private final CassandraSession session =
      Await.join(
          CassandraConnector.connect(
              vertx, SharedStack.cassandra("presence_it"), new SimpleMeterRegistry()));
  private final PresenceRecords records = Await.join(PresenceRecords.over(session));

  @AfterEach
  void close() {
    Await.join(session.close());
    vertx.close().await();
  }

  @Test
  void theLatestTimeCountsInWhateverOrderItComesAndTheLastWordOnWhoSees() {
    assertThat(stored(ANNA)).isEqualTo(new Stored(ANNA, PresenceVisibility.SHARED, 0));
    Await.join(records.seen(ANNA, 2_000));
    Await.join(records.seen(ANNA, 1_000));
    assertThat(stored(ANNA)).isEqualTo(new Stored(ANNA, PresenceVisibility.SHARED, 2_000));
    Await.join(records.show(ANNA, PresenceVisibility.EVERYONE));
    Await.join(records.show(ANNA, PresenceVisibility.NOBODY));
    assertThat(stored(ANNA)).isEqualTo(new Stored(ANNA, PresenceVisibility.NOBODY, 2_000));
  }

  @Test
  void manyAreReadAtOnceWithThoseOfWhomNothingIsStored() {
    List<UserId> many = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      many.add(new UserId("u" + i));
    }
    Await.join(records.seen(many.get(70), 7));
    List<Stored> found = Await.join(records.of(many));
    assertThat(found.stream().map(Stored::userId)).containsExactlyElementsOf(many);
    assertThat(found.get(70).lastSeenAt()).isEqualTo(7);
    assertThat(found.get(71).lastSeenAt()).isZero();
  }

  private Stored stored(UserId user) {
    return Await.join(records.of(List.of(user))).get(0);
  }
}

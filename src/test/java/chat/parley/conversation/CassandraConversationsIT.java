package chat.parley.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Members are read by the page; who lies at the edge of one is neither cut off nor doubled. */
class CassandraConversationsIT {
  private static Vertx vertx;
  private static CassandraSession session;
  private static Conversations conversations;

  private final ConversationId hall = new ConversationId("hall-" + UUID.randomUUID());

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connect(
                vertx, SharedStack.cassandra("conversations"), new SimpleMeterRegistry()));
    conversations = Await.join(Conversations.over(session));
  }

  @AfterAll
  static void close() {
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @Test
  void everyStintOfTwoThousandMembersIsReadOnce() {
    List<Stint> all = new ArrayList<>();
    for (int i = 0; i < 998; i++) {
      all.add(lasting("a%04d".formatted(i), 1));
    }
    // Rows 999 to 1,001: the first page ends amid these.
    all.add(new Stint(new UserId("b-often"), Role.MEMBER, 2, 3));
    all.add(new Stint(new UserId("b-often"), Role.MEMBER, 4, 5));
    all.add(lasting("b-often", 6));
    for (int i = 0; i < 1_000; i++) {
      all.add(lasting("c%04d".formatted(i), 1)); // and the second with the last row of all
    }
    record(all);

    Members members = Await.join(conversations.members(hall));

    assertThat(members.all()).containsExactlyInAnyOrderElementsOf(all);
    assertThat(members.count()).isEqualTo(1_999);
    assertThat(members.of(new UserId("b-often"))).hasSize(3);
  }

  @Test
  void bothOfAPairAreInItAndHaveItInTheirLists() {
    List<UserId> pair =
        List.of(new UserId("left-" + hall.value()), new UserId("right-" + hall.value()));

    Await.join(conversations.recordPair(hall, pair));

    assertThat(Await.join(conversations.members(hall)).current())
        .extracting(Stint::userId)
        .containsExactlyInAnyOrderElementsOf(pair);
    for (UserId user : pair) {
      assertThat(Await.join(conversations.ofUser(user)))
          .containsExactly(new Conversations.Membership(hall, 0, Stint.STILL_THERE));
    }
  }

  @Test
  void aConversationWithoutMembersHasNone() {
    assertThat(Await.join(conversations.members(hall)).all()).isEmpty();
  }

  private static Stint lasting(String user, long joined) {
    return new Stint(new UserId(user), Role.MEMBER, joined, Stint.STILL_THERE);
  }

  private void record(List<Stint> all) {
    for (int from = 0; from < all.size(); from += 50) {
      Await.join(
          Future.all(
              all.subList(from, Math.min(all.size(), from + 50)).stream()
                  .map(stint -> conversations.record(hall, stint, stint.joinedChangeSeq()))
                  .toList()));
    }
  }
}

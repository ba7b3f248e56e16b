package chat.parley.personal;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.Continuity;
import chat.parley.testing.Await;
import chat.parley.testing.SharedStack;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is missed stays so until that very gap is mended. */
class CassandraInboxStreamsIT {
  private static Vertx vertx;
  private static CassandraSession session;
  private static InboxStreams streams;

  private final String stream = "stream-" + UUID.randomUUID();
  private final Continuity continuity = streams.of(stream);

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connect(
                vertx, SharedStack.cassandra("inbox_streams_it"), new SimpleMeterRegistry()));
    streams = Await.join(InboxStreams.over(session));
  }

  @AfterAll
  static void close() {
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @Test
  void onlyTheGapsThatAreNamedAreMended() {
    assertThat(isMissed()).isFalse();
    Await.join(continuity.missed());
    Set<UUID> first = gaps();
    Await.join(continuity.missed());

    Await.join(streams.mended(Map.of(stream, first)));

    assertThat(isMissed()).isTrue();
    assertThat(gaps()).hasSize(1).doesNotContainAnyElementsOf(first);
    Await.join(streams.mended(Map.of(stream, gaps())));
    assertThat(isMissed()).isFalse();
  }

  @Test
  void aGapIsMendedAlsoWhereTheClockWasAheadThatSawIt() {
    long ahead = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().plusSeconds(3_600));
    Await.join(
        session.write(
            "test",
            SimpleStatement.newInstance(
                "UPDATE inbox_streams USING TIMESTAMP ? SET gaps = gaps + ? WHERE stream = ?",
                ahead,
                Set.of(UUID.randomUUID()),
                stream)));
    assertThat(isMissed()).isTrue();

    Await.join(streams.mended(Map.of(stream, gaps())));

    assertThat(isMissed()).isFalse();
  }

  private boolean isMissed() {
    return Await.join(continuity.known()).missed();
  }

  private Set<UUID> gaps() {
    return Await.join(streams.gaps()).get(stream);
  }
}

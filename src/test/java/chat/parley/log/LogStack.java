package chat.parley.log;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.cassandra.CassandraSettings;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.event.Change;
import chat.parley.kafka.Journal;
import chat.parley.kafka.KafkaSettings;
import chat.parley.model.ConversationId;
import chat.parley.model.Shard;
import chat.parley.testing.SharedStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Collection;
import java.util.List;

/**
 * The real stores under a log, in a keyspace of their own; all owners share the journal's topic.
 */
record LogStack(
    Vertx vertx,
    CassandraSession session,
    LogStore store,
    ShardEpochs epochs,
    MessageLog reads,
    Amendments amendments,
    KafkaSettings kafka,
    Journal journal) {

  static LogStack open(String keyspace) {
    EmbeddedStack stack = SharedStack.get();
    Vertx vertx = Vertx.vertx();
    CassandraSettings settings = SharedStack.cassandra(keyspace);
    CassandraSession session =
        CassandraConnector.connect(vertx, settings, new SimpleMeterRegistry()).await();
    LogStore store = CassandraLogStore.over(session).await();
    CassandraBuckets buckets = CassandraBuckets.over(session).await();
    KafkaSettings kafka =
        KafkaSettings.defaults().withBootstrapServers(List.of(stack.kafkaBootstrap()));
    return new LogStack(
        vertx,
        session,
        store,
        CassandraShardEpochs.over(session).await(),
        CassandraMessageLog.over(session, store, buckets).await(),
        CassandraAmendments.over(session, buckets).await(),
        kafka,
        new Journal(vertx, kafka, Shard.COUNT, new SimpleMeterRegistry()));
  }

  /** The same without stores: one of owners that are tested alone. */
  static LogStack inMemory(MemoryStore memory, Journal journal) {
    return new LogStack(
        Vertx.vertx(), null, memory, memory, memory.reads(), new NoAmendments(), null, journal);
  }

  void close() {
    if (session == null) {
      vertx.close().await();
      return;
    }
    journal.close(1_000).await();
    session.close().await();
    vertx.close().await();
  }

  private static final class NoAmendments implements Amendments {
    @Override
    public Future<List<Amendment>> of(ConversationId conversation, long from, long to) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Void> store(ConversationId conversation, Collection<Change> amendments) {
      throw new UnsupportedOperationException();
    }
  }
}

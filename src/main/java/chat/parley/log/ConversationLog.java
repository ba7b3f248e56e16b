package chat.parley.log;

import chat.parley.cassandra.CassandraSession;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The way into this package: opens the log over a session. */
public final class ConversationLog {
  private final LogStore store;
  private final ShardEpochs epochs;
  private final MessageLog reads;
  private final Amendments amendments;

  private ConversationLog(
      LogStore store, ShardEpochs epochs, MessageLog reads, Amendments amendments) {
    this.store = store;
    this.epochs = epochs;
    this.reads = reads;
    this.amendments = amendments;
  }

  /** Prepares all statements. */
  public static Future<ConversationLog> over(CassandraSession session) {
    return Future.all(CassandraLogStore.over(session), CassandraBuckets.over(session))
        .compose(
            both -> {
              LogStore store = both.resultAt(0);
              CassandraBuckets buckets = both.resultAt(1);
              return Future.all(
                      CassandraShardEpochs.over(session),
                      CassandraMessageLog.over(session, store, buckets),
                      CassandraAmendments.over(session, buckets))
                  .map(
                      all ->
                          new ConversationLog(
                              store, all.resultAt(0), all.resultAt(1), all.resultAt(2)));
            });
  }

  /** Bounded reads, on any node. */
  public MessageLog reads() {
    return reads;
  }

  /** What was done to messages after they were sent; reads on any node. */
  public Amendments amendments() {
    return amendments;
  }

  /** The appending side, on the calling context; owns nothing until its {@link #keeper} runs. */
  public OwnedLog own(
      Vertx vertx,
      LogSettings settings,
      Settler settler,
      Clock clock,
      MeterRegistry meters,
      WriteAhead ahead) {
    LogMeters seen = new LogMeters(meters);
    OwnedLog log =
        new OwnedLog(
            vertx,
            store,
            reads,
            settings,
            new AmendingSettler(amendments, settler),
            clock,
            BucketLimits.DEFAULT,
            seen,
            ahead);
    seen.watch(log);
    return log;
  }

  /**
   * What holds shards for this node; start it on the log's context, after the outbox has its
   * listener.
   */
  public ShardKeeper keeper(
      Vertx vertx,
      OwnedLog log,
      LogSettings settings,
      String node,
      String lineage,
      ShardKeeper.Peers peers,
      ShardKeeper.Listener listener) {
    return new ShardKeeper(vertx, epochs, log, settings, node, lineage, peers, listener);
  }

  /**
   * For a node that holds none: {@code cutOff} hears every beat whether it is in the smaller part
   * of a split cluster, {@code holders} says which nodes with shards are in its part.
   */
  public PartWatch partWatch(
      Vertx vertx, LogSettings settings, Supplier<Set<String>> holders, Consumer<Boolean> cutOff) {
    return new PartWatch(vertx, epochs, settings, holders, cutOff);
  }
}

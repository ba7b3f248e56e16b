package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.kafka.HeldJournal;
import chat.parley.model.ConversationId;
import chat.parley.model.Shard;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;

/** A log over a store in memory, for tests of what appends to it. */
public final class LogInMemory {
  private LogInMemory() {}

  /** One that owns this conversation; call it on the context that it shall live on. */
  public static OwnedLog owning(Vertx vertx, ConversationId conversation) {
    MemoryStore store = new MemoryStore();
    OwnedLog log =
        new OwnedLog(
            vertx,
            store,
            store.reads(),
            LogSettings.defaults(),
            (settled, changes) -> Future.succeededFuture(),
            Clock.systemUTC(),
            BucketLimits.DEFAULT,
            new LogMeters(new SimpleMeterRegistry()),
            new WriteAhead(new HeldJournal().journal()));
    log.subscribe(new NoStream());
    int shard = Shard.of(conversation);
    store.take(shard, 0, "test");
    log.hold(shard, 1);
    return log;
  }

  private static final class NoStream implements Outbox.Listener {
    @Override
    public void committed(ConversationId conversation, long after, List<Change> changes) {}

    @Override
    public void lost(ConversationId conversation) {}
  }
}

package chat.parley.verify;

import chat.parley.cassandra.CassandraSession;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamAwayException;
import chat.parley.kafka.StreamScan;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;

/**
 * Compares everything that the stores hold (log, published marks, send keys, bucket index, members,
 * lists, titles, cursors, and the stream where it can be reached) with what the log promises. It
 * may run while the system serves: what is in flight is no fault, nothing is written, and what is
 * read is read at a pace. What looks wrong is looked at twice, the second time in the log of every
 * replica; only what is wrong both times is reported.
 */
public final class Verification {
  private final Stores stores;
  private final Optional<KafkaSettings> stream;
  private final VerifySettings settings;
  private final Clock clock;

  private Verification(
      Stores stores, Optional<KafkaSettings> stream, VerifySettings settings, Clock clock) {
    this.stores = stores;
    this.stream = stream;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * A verification over these stores; prepares statements.
   *
   * @param session on the keyspace of the system, for instance by {@code
   *     CassandraConnector.connectToExisting}
   * @param stream where the changes topic is; empty: it is not looked at
   */
  public static Future<Verification> over(
      CassandraSession session,
      Optional<KafkaSettings> stream,
      VerifySettings settings,
      Clock clock) {
    return Stores.over(session).map(found -> new Verification(found, stream, settings, clock));
  }

  /**
   * Looks at all conversations, or at one. Blocks, for as long as the pace makes it: never call it
   * on an event loop. May be called again, by one thread at a time.
   *
   * @param conversation its id; empty: all
   * @return what was found; a stream that is away is said in it and is no failure
   * @throws CannotLookException when the history store is away, the conversation is unknown, or the
   *     thread is interrupted
   */
  public VerifyReport run(Optional<String> conversation, VerifyProgress progress) {
    return run(conversation.map(Set::of).orElse(Set.of()), progress);
  }

  /**
   * The same for some conversations. What belongs to no conversation is looked for only where all
   * are looked at.
   *
   * @param conversations their ids; none: all
   */
  public VerifyReport run(Set<String> conversations, VerifyProgress progress) {
    VerifyRun run = new VerifyRun(stores, settings, clock, conversations, progress);
    if (stream.isEmpty()) {
      return run.withoutStream("not asked for");
    }
    try (StreamScan scan = StreamScan.open(stream.get(), settings.streamPatience())) {
      return run.with(scan);
    } catch (StreamAwayException away) {
      return run.withoutStream(away.getMessage());
    }
  }
}

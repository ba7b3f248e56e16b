package chat.parley.perf;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.cql.BatchStatement;
import com.datastax.oss.driver.api.core.cql.DefaultBatchType;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a message costs at the very least: the bare driver inserts the row of a message and its send
 * key, copied from a message of this run, into tables of the same schema in a keyspace of its own,
 * as one unlogged batch at the same consistency. Nothing is read, numbered or delivered.
 */
final class FloorLoad implements AutoCloseable {
  /** What became of a run. */
  record Result(int inserted, int failed, Latency latency) {}

  private static final String KEYSPACE = "parley_floor";
  private static final String SCHEMA = "cql/log.cql";
  private static final int GRACE_SECONDS = 15;

  private final CqlSession session;
  private final PreparedStatement insertChange;
  private final PreparedStatement insertSend;
  private final Row change;
  private final Row send;
  private final int conversations;
  private int runs;

  private FloorLoad(CqlSession session, Row change, Row send, int conversations) {
    this.session = session;
    this.change = change;
    this.send = send;
    this.conversations = conversations;
    this.insertChange =
        session.prepare(
            "INSERT INTO changes (conversation_id, bucket, change_seq, epoch, group_first,"
                + " group_length, closes_bucket, seq, type, actor_id, committed_at, body_hash,"
                + " payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    this.insertSend =
        session.prepare(
            "INSERT INTO sends (conversation_id, bucket, user_id, device_id, client_msg_id, epoch,"
                + " change_seq, body_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  }

  /**
   * Connects and makes the tables anew.
   *
   * @param keyspace where the server keeps its tables
   * @param conversation a conversation of the server with at least one message, the pattern
   */
  static FloorLoad open(
      InetSocketAddress cassandra,
      String dataCenter,
      String keyspace,
      String conversation,
      int conversations)
      throws IOException {
    CqlSession session =
        CqlSession.builder()
            .addContactPoint(cassandra)
            .withLocalDatacenter(dataCenter)
            .withConfigLoader(
                DriverConfigLoader.programmaticBuilder()
                    .withString(DefaultDriverOption.REQUEST_CONSISTENCY, "LOCAL_QUORUM")
                    .withBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE, true)
                    .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                    .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                    .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false)
                    .withInt(DefaultDriverOption.NETTY_IO_SIZE, 1)
                    .withInt(DefaultDriverOption.NETTY_ADMIN_SIZE, 1)
                    .build())
            .build();
    Row change = pattern(session, keyspace + ".changes", conversation);
    Row send = pattern(session, keyspace + ".sends", conversation);
    session.execute("DROP KEYSPACE IF EXISTS " + KEYSPACE);
    Row replication =
        session
            .execute(
                SimpleStatement.newInstance(
                    "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = ?",
                    keyspace))
            .one();
    session.execute(
        "CREATE KEYSPACE "
            + KEYSPACE
            + " WITH replication = "
            + replication.getFormattedContents().replaceAll("^\\[replication:(.*)]$", "$1"));
    session.execute("USE " + KEYSPACE);
    session.execute(tableOf("changes"));
    session.execute(tableOf("sends"));
    return new FloorLoad(session, change, send, conversations);
  }

  private static Row pattern(CqlSession session, String table, String conversation) {
    Row row =
        session
            .execute(
                SimpleStatement.newInstance(
                    "SELECT * FROM " + table + " WHERE conversation_id = ? AND bucket = 0 LIMIT 1",
                    conversation))
            .one();
    if (row == null) {
      throw new IllegalStateException("no row of " + conversation + " in " + table);
    }
    return row;
  }

  /** The very statement that the server makes its table with. */
  private static String tableOf(String name) throws IOException {
    try (InputStream in = FloorLoad.class.getClassLoader().getResourceAsStream(SCHEMA)) {
      for (String statement : new String(in.readAllBytes(), StandardCharsets.UTF_8).split(";")) {
        if (statement.contains("EXISTS " + name + " (")) {
          return statement;
        }
      }
    }
    throw new IllegalStateException(SCHEMA + " makes no table " + name);
  }

  /** Bytes of the payload in each row. */
  int payloadBytes() {
    return change.getByteBuffer("payload").remaining();
  }

  /** Inserts for that long and waits for the answers. */
  Result run(int rate, int seconds) throws InterruptedException {
    int run = runs++;
    Histogram micros = Latency.histogram();
    CountDownLatch open = new CountDownLatch(rate * seconds);
    int[] failed = new int[1];
    int total =
        Pacer.run(
            rate,
            seconds,
            (index, due) ->
                session
                    .executeAsync(row(run, index))
                    .whenComplete(
                        (done, failure) -> {
                          long now = System.nanoTime();
                          synchronized (micros) {
                            if (failure == null) {
                              Latency.note(micros, due, now);
                            } else {
                              failed[0]++;
                            }
                          }
                          open.countDown();
                        }));
    open.await(GRACE_SECONDS, TimeUnit.SECONDS);
    synchronized (micros) {
      int unanswered = (int) open.getCount();
      return new Result(total - failed[0] - unanswered, failed[0] + unanswered, Latency.of(micros));
    }
  }

  private BatchStatement row(int run, int index) {
    String like = change.getString("conversation_id");
    String conversation = padded(run + "." + index % conversations, like.length());
    long number = 1 + index / conversations;
    String clientMsgId = padded(run + "." + index, send.getString("client_msg_id").length());
    long epoch = change.getLong("epoch");
    long hash = change.getLong("body_hash") + index;
    ByteBuffer payload = change.getByteBuffer("payload");
    return BatchStatement.newInstance(
        DefaultBatchType.UNLOGGED,
        insertChange.bind(
            conversation,
            0,
            number,
            epoch,
            number,
            1,
            false,
            number,
            change.getByte("type"),
            change.getString("actor_id"),
            System.currentTimeMillis(),
            hash,
            payload),
        insertSend.bind(
            conversation,
            0,
            send.getString("user_id"),
            send.getString("device_id"),
            clientMsgId,
            epoch,
            number,
            hash));
  }

  private static String padded(String text, int length) {
    return text + "-".repeat(Math.max(0, length - text.length()));
  }

  @Override
  public void close() {
    session.execute("DROP KEYSPACE IF EXISTS " + KEYSPACE);
    session.close();
  }
}

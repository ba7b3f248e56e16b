package chat.parley.cluster.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** What somebody has set and read of a conversation, and was told that it is stored. */
final class Own {
  /** A time that does not come. */
  static final String FAR = "2099-01-01T00:00:00.000Z";

  /** Between these lies the read cursor: a read as one leaves may count or not. */
  long readAtLeast;

  long readAtMost;
  boolean muted;
  Integer pinned;
  boolean archived;

  /** Between these lay the head when it was archived. */
  long archivedAfter;

  long archivedBefore;
  Boolean privateReceipts;

  /** Reads that were acked, with the last change that their device had when it asked. */
  private final List<AckedRead> reads = new ArrayList<>();

  private record AckedRead(long seq, long known) {}

  void readIsAcked(long seq, long known) {
    reads.add(new AckedRead(seq, known));
    readAtLeast = Math.max(readAtLeast, seq);
  }

  /**
   * Takes back what need not be: who was removed while they said how far they had read may have had
   * an ack for nothing.
   */
  void settle(Model model, String user) {
    readAtLeast =
        reads.stream()
            .filter(read -> model.hasStayedSince(user, read.known()))
            .mapToLong(AckedRead::seq)
            .max()
            .orElse(0);
  }

  /** Holds against it what a server says of it, a line of the inbox or {@code inbox.updated}. */
  void mustBeIn(JsonObject state) {
    assertThat(state.getLong("readSeq")).as("read in %s", state).isBetween(readAtLeast, readAtMost);
    assertThat(state.getString("mutedUntil")).as("%s", state).isEqualTo(muted ? FAR : null);
    assertThat(state.getInteger("pinnedRank")).as("%s", state).isEqualTo(pinned);
    assertThat(state.getBoolean("privateReceipts")).as("%s", state).isEqualTo(privateReceipts);
  }
}

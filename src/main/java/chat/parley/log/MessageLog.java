package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import java.util.List;

/**
 * Reads of the ordered record. A reader must know a committed bound before it reads: the owner's
 * head or the published number; the log never shows a number above it. Of a number's rows the one
 * of the highest epoch counts.
 */
public interface MessageLog {
  /**
   * Committed changes {@code from} ≤ n ≤ {@code bound}, ascending, at most {@code limit}.
   *
   * @return fails with {@link HoleException} where a number up to the bound has no row, with {@link
   *     DamagedLogException} where a row cannot be read. Neither passes by waiting: what is
   *     committed has its row at a quorum, and is read at one
   */
  Future<List<Change>> ascending(ConversationId conversation, long from, long bound, int limit);

  /** Committed changes {@code bound} ≥ n ≥ {@code downTo}, descending, at most {@code limit}. */
  Future<List<Change>> descending(ConversationId conversation, long bound, long downTo, int limit);

  /**
   * The last position known to be in the stream; a committed bound that anybody may use, but it may
   * lag.
   */
  Future<Position> published(ConversationId conversation);
}

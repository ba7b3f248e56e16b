package chat.parley.conversation;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;

/**
 * Where open channels are found by the words of their titles. Written whenever a channel gets a
 * title; names that it no longer bears stay, so whoever gets a hit asks {@link Hit#isFor}.
 */
public interface ChannelNames {
  /** The names in Cassandra; prepares all statements. */
  static Future<ChannelNames> over(CassandraSession session) {
    return CassandraChannelNames.over(session);
  }

  /** A name that a channel bears or bore; names of one search come in their order. */
  record Hit(ConversationId conversationId, String name) {
    /**
     * Whether the channel answers the query by the title that it bears now, and under this name: of
     * several hits of one channel this is so for one.
     */
    public boolean isFor(String query, String title) {
      return TitleWords.match(query, title) && name.equals(TitleWords.nameFor(query, title));
    }
  }

  /** Notes that the channel bears this title, which may be null. */
  Future<Void> add(ConversationId channel, String title);

  /**
   * Channels whose titles may have words that begin as those of the query do, after this hit (null:
   * from the first), at most {@code limit}; for a query without a word all channels, by title.
   */
  Future<List<Hit>> find(String query, Hit after, int limit);
}

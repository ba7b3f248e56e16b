package chat.parley.bus;

import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.event.Change;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.List;

/**
 * Questions about conversations that any node with the sync role answers. Each names the user who
 * asks, and answers only what that user may see: otherwise {@link Failure#NOT_FOUND} or {@link
 * Failure#NOT_A_MEMBER}.
 */
public sealed interface QueryMessages {
  /** A question. */
  sealed interface Query extends QueryMessages {
    UserId userId();
  }

  /**
   * Changes with a number above {@code after}, ascending, at most {@code limit}: those that the
   * user may read, or only those that were {@code delivered}, of the time when the user was there.
   */
  record ChangesQuery(
      UserId userId, ConversationId conversationId, long after, int limit, boolean delivered)
      implements Query {
    /** All that the user may read. */
    public ChangesQuery(UserId userId, ConversationId conversationId, long after, int limit) {
      this(userId, conversationId, after, limit, false);
    }
  }

  /**
   * Answer of {@link ChangesQuery}. {@code head…} is the last change that the user may see, and
   * {@code ended} that the conversation goes on without them.
   */
  record ChangesPage(
      List<Change> items, long headChangeSeq, long headSeq, boolean hasMore, boolean ended)
      implements QueryMessages {
    /** A page of a conversation that the user is in. */
    public ChangesPage(List<Change> items, long headChangeSeq, long headSeq, boolean hasMore) {
      this(items, headChangeSeq, headSeq, hasMore, false);
    }

    /** As much of it as has no more than so many bytes, at least one change; the rest is more. */
    public ChangesPage within(int maxBytes) {
      List<Change> first = firstOf(items, maxBytes);
      return first.size() == items.size()
          ? this
          : new ChangesPage(first, headChangeSeq, headSeq, true, ended);
    }
  }

  /** Which side of {@code changeSeq} a page of messages lies on. */
  enum Direction {
    LATEST,
    BEFORE,
    AFTER,
    AROUND
  }

  /**
   * A page of messages: newest first, or ascending for {@code AFTER}. {@code changeSeq} is ignored
   * for {@code LATEST}.
   */
  record MessagesQuery(
      UserId userId, ConversationId conversationId, Direction direction, long changeSeq, int limit)
      implements Query {}

  /** Answer of {@link MessagesQuery}: changes of type message.new, with the latest state. */
  record MessagesPage(List<Change> items, boolean hasMore) implements QueryMessages {
    /**
     * As much of it as has no more than so many bytes, from its first message on and that at least;
     * the rest is more. The last one left says where the next page begins.
     */
    public MessagesPage within(int maxBytes) {
      List<Change> first = firstOf(items, maxBytes);
      return first.size() == items.size() ? this : new MessagesPage(first, true);
    }
  }

  /** One message by its id's parts. */
  record MessageQuery(UserId userId, ConversationId conversationId, long changeSeq)
      implements Query {}

  /** Answer of {@link MessageQuery}: its message.new, with the latest state. */
  record MessageFound(Change change) implements QueryMessages {}

  /**
   * A conversation as its members see it, and an open channel as everybody does.
   *
   * @param role the asker's; null for one who is no member
   */
  record ConversationView(
      ConversationId conversationId,
      ConversationType type,
      String title,
      UserId createdBy,
      long createdAt,
      AckMode ackMode,
      int memberCount,
      List<UserId> dmMembers,
      ConversationSettings settings,
      Role role)
      implements QueryMessages {}

  /** One conversation; answered with {@link ConversationView}. */
  record ConversationQuery(UserId userId, ConversationId conversationId) implements Query {}

  /**
   * Open channels by title, of those whose titles have words that begin as those of {@code words}
   * do (null: all), after {@code cursor} (null: from the first).
   */
  record ChannelsQuery(UserId userId, String words, String cursor, int limit) implements Query {}

  /** Answer of {@link ChannelsQuery}; {@code nextCursor} is null at the end. */
  record ChannelsPage(List<ConversationView> items, String nextCursor) implements QueryMessages {}

  /** Current members, by user id, after {@code cursor} (null: from the start). */
  record MembersQuery(UserId userId, ConversationId conversationId, String cursor, int limit)
      implements Query {}

  /** A current member. */
  record MemberView(UserId userId, Role role, long joinedChangeSeq) {}

  /** Answer of {@link MembersQuery}; {@code nextCursor} is null at the end. */
  record MembersPage(List<MemberView> items, String nextCursor) implements QueryMessages {}

  /**
   * The user's conversations, latest activity first, after {@code cursor} (null: from the start).
   */
  record InboxQuery(UserId userId, String cursor, int limit) implements Query {}

  /** One line of the inbox; {@code lastMessage} may be null. */
  record InboxItem(
      ConversationView conversation,
      long headSeq,
      long headChangeSeq,
      Change lastMessage,
      InboxState state) {}

  /** Answer of {@link InboxQuery}. */
  record InboxPage(List<InboxItem> items, String nextCursor) implements QueryMessages {}

  /** A client's own cursor of one conversation. */
  record Cursor(ConversationId conversationId, long changeSeq) {}

  /**
   * What a device that connects lacks. {@code cursors} are the device's own; for conversations that
   * it does not name, the server's record of the device's delivered cursor counts, else the user's
   * join.
   */
  record SyncPlanQuery(UserId userId, DeviceId deviceId, List<Cursor> cursors) implements Query {}

  /**
   * What one conversation holds for the device: changes {@code after} &lt; n ≤ {@code
   * headChangeSeq}; {@code ended} where the conversation goes on without the user. {@code large}
   * where the user is a member and the conversation is large at that head: the gateway must then be
   * interested in it. {@code joined}: the number of the join with which the user's stay began.
   */
  record SyncItem(
      ConversationId conversationId,
      long after,
      long headChangeSeq,
      long headSeq,
      boolean ended,
      boolean large,
      long joined) {
    /** Of a small conversation that the user is in. */
    public SyncItem(ConversationId conversationId, long after, long headChangeSeq, long headSeq) {
      this(conversationId, after, headChangeSeq, headSeq, false, false, 0);
    }
  }

  /**
   * Answer of {@link SyncPlanQuery}: one item for each conversation of the user, also those with
   * nothing new.
   */
  record SyncPlan(List<SyncItem> items) implements QueryMessages {}

  /**
   * A page of what the device lacks, over all conversations.
   *
   * @param cursor of the page before, which the device then has; null where it shows none, and the
   *     server's record of the device counts
   * @param limit changes at most
   * @param budget a conversation further behind than this many changes is named only
   */
  record SyncQuery(UserId userId, DeviceId deviceId, String cursor, int limit, int budget)
      implements Query {}

  /** How far a member is in a conversation. */
  record ReceiptView(
      ConversationId conversationId, UserId userId, long deliveredSeq, long readSeq) {}

  /**
   * Answer of {@link SyncQuery}: changes by conversation, what was active last first, each
   * conversation's ascending.
   *
   * @param receipts of conversations of few members that this page touches
   * @param reset conversations that are too far behind: the device reads their newest page
   * @param large the user's large conversations, whose changes come only to gateways that want them
   */
  record SyncPage(
      List<Change> changes,
      List<ReceiptView> receipts,
      String cursor,
      boolean hasMore,
      List<ConversationId> reset,
      List<ConversationId> large)
      implements QueryMessages {
    /** A page of somebody who is in no large conversation. */
    public SyncPage(
        List<Change> changes,
        List<ReceiptView> receipts,
        String cursor,
        boolean hasMore,
        List<ConversationId> reset) {
      this(changes, receipts, cursor, hasMore, reset, List.of());
    }
  }

  /** Of these as many as have no more than so many bytes, at least one where there is one. */
  private static List<Change> firstOf(List<Change> items, int maxBytes) {
    int bytes = 0;
    for (int count = 0; count < items.size(); count++) {
      bytes += items.get(count).payload().length;
      if (count > 0 && bytes > maxBytes) {
        return List.copyOf(items.subList(0, count));
      }
    }
    return items;
  }
}

package chat.parley.conversation;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Conversations, their members by stint, and each user's list of conversations. Writes are made by
 * the owner of the conversation's shard after the change is committed, carry the change's number as
 * their timestamp and so may be repeated, and in any order: an older one never undoes a newer one.
 */
public interface Conversations {
  /** Conversations in Cassandra; prepares all statements. */
  static Future<Conversations> over(CassandraSession session) {
    return CassandraConversations.over(session);
  }

  /** One row of a user's list: the latest stint in a conversation. */
  record Membership(ConversationId conversationId, long joinedChangeSeq, long leftChangeSeq) {
    /** Whether the user is a member now. */
    public boolean lasts() {
      return leftChangeSeq == Stint.STILL_THERE;
    }
  }

  Future<Optional<Conversation>> find(ConversationId conversation);

  /** What of its past the members of a conversation may read. */
  default Future<HistoryVisibility> history(ConversationId conversation) {
    return find(conversation)
        .map(found -> found.map(one -> one.settings().history()).orElse(HistoryVisibility.JOINED));
  }

  /** Makes the conversation unless it is there; answers whether this call made it. */
  Future<Boolean> create(Conversation conversation);

  /**
   * Sets what the change of this number brought; 0 for what holds before the first change, which a
   * conversation is made with.
   */
  Future<Void> update(ConversationId conversation, ConversationPatch patch, long changeSeq);

  /** All stints of the conversation: of a large one a long read. */
  Future<Members> members(ConversationId conversation);

  /** One user's stints in the conversation, oldest first. */
  default Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return members(conversation).map(members -> members.of(user));
  }

  /**
   * Where the user stands in the conversation, who is in it or was.
   *
   * @return fails with {@code FailureException(NOT_A_MEMBER)} for a stranger to an open channel, of
   *     which everybody may know, and with {@code NOT_FOUND} for one to any other conversation, who
   *     is told what is told of nothing
   */
  default Future<Standing> standing(ConversationId conversation, UserId user) {
    return stints(conversation, user)
        .map(Standing::new)
        .compose(
            standing ->
                standing.isStranger()
                    ? find(conversation).compose(Conversations::refuse)
                    : Future.succeededFuture(standing));
  }

  /**
   * An answer for members only, once it is made: whoever was removed while it was read must not see
   * what is in it of later.
   *
   * @return fails as {@link #standing} and {@link Standing#member} do
   */
  default <T> Future<T> toMember(ConversationId conversation, UserId user, T answer) {
    return standing(conversation, user).map(Standing::member).map(answer);
  }

  private static Future<Standing> refuse(Optional<Conversation> found) {
    boolean open = found.filter(one -> one.type() == ConversationType.CHANNEL).isPresent();
    return Future.failedFuture(
        open
            ? new FailureException(Failure.NOT_A_MEMBER, "join the channel first")
            : new FailureException(Failure.NOT_FOUND, "no such conversation"));
  }

  /**
   * Stints by user and then by number, those that ended too, of the users after this one (null:
   * from the first), at most {@code limit}; the last user's may be cut off.
   */
  default Future<List<Stint>> stintsAfter(ConversationId conversation, UserId user, int limit) {
    return members(conversation)
        .map(
            members ->
                members.all().stream()
                    .filter(
                        stint -> user == null || stint.userId().value().compareTo(user.value()) > 0)
                    .sorted(
                        Comparator.comparing((Stint stint) -> stint.userId().value())
                            .thenComparingLong(Stint::joinedChangeSeq))
                    .limit(limit)
                    .toList());
  }

  /** The user's conversations, those they left too. */
  Future<List<Membership>> ofUser(UserId user);

  /**
   * Stores a stint as it is after the change of this number (join, leave or role), in both
   * directions: the user's list first, which readers hold against the members.
   */
  Future<Void> record(ConversationId conversation, Stint stint, long changeSeq);

  /**
   * Stores the two members of a dm, who are in it before its first change. No change of the log
   * says so, and no takeover does it again: so their lists come first, and then both members at
   * once. Whoever can write into it then writes to somebody who finds it.
   */
  Future<Void> recordPair(ConversationId conversation, List<UserId> pair);

  /** Stores how many members there are after the change of this number. */
  Future<Void> recordCount(ConversationId conversation, int members, long changeSeq);

  /** How many members there are; empty where no change has said so yet. */
  Future<OptionalInt> count(ConversationId conversation);
}

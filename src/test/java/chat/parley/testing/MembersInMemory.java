package chat.parley.testing;

import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Who is in which conversation, in memory, for tests of what reads that; counts the reads. The rest
 * of the store is not there, and throws.
 */
public class MembersInMemory implements Conversations {
  private final Map<ConversationId, Members> members = new HashMap<>();
  private int memberReads;
  private int listReads;
  private Throwable away;

  /** There since the first change. */
  public final void join(ConversationId conversation, UserId user, Role role) {
    join(conversation, new Stint(user, role, 1, Stint.STILL_THERE));
  }

  /** There for this stint. */
  public final void join(ConversationId conversation, Stint stint) {
    List<Stint> all = new ArrayList<>(in(conversation).all());
    all.add(stint);
    set(conversation, new Members(all));
  }

  /** There up to this change. */
  public final void leave(ConversationId conversation, UserId user, long changeSeq) {
    set(conversation, in(conversation).leave(user, changeSeq));
  }

  /** Instead of whoever was there. */
  public final void set(ConversationId conversation, Members those) {
    members.put(conversation, those);
  }

  /** All stints, without counting that as a read. */
  public final Members in(ConversationId conversation) {
    return members.getOrDefault(conversation, Members.NONE);
  }

  /** From now on members cannot be read, for this reason; null: they can. */
  public final void away(Throwable reason) {
    away = reason;
  }

  /** How often all members of a conversation were asked for. */
  public final int memberReads() {
    return memberReads;
  }

  /** How often somebody's list of conversations was asked for. */
  public final int listReads() {
    return listReads;
  }

  @Override
  public Future<Members> members(ConversationId conversation) {
    memberReads++;
    return away == null ? Future.succeededFuture(in(conversation)) : Future.failedFuture(away);
  }

  @Override
  public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return Future.succeededFuture(in(conversation).of(user));
  }

  @Override
  public Future<OptionalInt> count(ConversationId conversation) {
    return Future.succeededFuture(
        members.containsKey(conversation)
            ? OptionalInt.of(in(conversation).count())
            : OptionalInt.empty());
  }

  @Override
  public Future<List<Membership>> ofUser(UserId user) {
    listReads++;
    List<Membership> own = new ArrayList<>();
    members.forEach(
        (conversation, all) ->
            all.of(user).stream()
                .reduce((first, last) -> last)
                .ifPresent(
                    stint ->
                        own.add(
                            new Membership(
                                conversation, stint.joinedChangeSeq(), stint.leftChangeSeq()))));
    return Future.succeededFuture(own);
  }

  @Override
  public Future<Optional<Conversation>> find(ConversationId conversation) {
    return Future.succeededFuture(Optional.empty()); // none is open to all
  }

  @Override
  public Future<Boolean> create(Conversation conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> update(ConversationId conversation, ConversationPatch patch, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> recordPair(ConversationId conversation, List<UserId> pair) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> recordCount(ConversationId conversation, int count, long changeSeq) {
    throw new UnsupportedOperationException();
  }
}

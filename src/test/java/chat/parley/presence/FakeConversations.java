package chat.parley.presence;

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

/** Who is in which conversation, in memory; counts what is read. */
final class FakeConversations implements Conversations {
  private final Map<ConversationId, Members> members = new HashMap<>();
  int listReads;
  int memberReads;

  void join(ConversationId conversation, UserId user, Role role) {
    Stint stint = new Stint(user, role, 1, Stint.STILL_THERE);
    members.merge(conversation, Members.NONE.join(stint), (before, one) -> before.join(stint));
  }

  void leave(ConversationId conversation, UserId user) {
    members.computeIfPresent(conversation, (any, before) -> before.leave(user, 9));
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
  public Future<Members> members(ConversationId conversation) {
    memberReads++;
    return Future.succeededFuture(members.getOrDefault(conversation, Members.NONE));
  }

  @Override
  public Future<List<Stint>> stints(ConversationId conversation, UserId user) {
    return Future.succeededFuture(members.getOrDefault(conversation, Members.NONE).of(user));
  }

  @Override
  public Future<OptionalInt> count(ConversationId conversation) {
    return Future.succeededFuture(
        members.containsKey(conversation)
            ? OptionalInt.of(members.get(conversation).count())
            : OptionalInt.empty());
  }

  @Override
  public Future<Optional<Conversation>> find(ConversationId conversation) {
    throw new UnsupportedOperationException();
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
  public Future<Void> recordCount(ConversationId conversation, int count, long changeSeq) {
    throw new UnsupportedOperationException();
  }
}

package chat.parley.receipts;

import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Members only. */
record FakeMembers(Map<ConversationId, Members> byConversation) implements Conversations {
  @Override
  public Future<Members> members(ConversationId conversation) {
    return Future.succeededFuture(byConversation.getOrDefault(conversation, Members.NONE));
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
  public Future<List<Membership>> ofUser(UserId user) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> record(ConversationId conversation, Stint stint, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Void> recordCount(ConversationId conversation, int members, long changeSeq) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<OptionalInt> count(ConversationId conversation) {
    throw new UnsupportedOperationException();
  }
}

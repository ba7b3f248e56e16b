package chat.parley.presence;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages.TypingAudience;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.Right;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;

/** Who is told that a member types. Of a large conversation the members are not even read. */
final class TypingAudiences {
  private static final TypingAudience LARGE = new TypingAudience(List.of(), List.of(), true);

  private final Conversations conversations;
  private final int upTo;

  /** {@code upTo} so many members they are told. */
  TypingAudiences(Conversations conversations, int upTo) {
    this.conversations = conversations;
    this.upTo = upTo;
  }

  Future<TypingAudience> of(TypingQuery query) {
    return conversations
        .standing(query.conversationId(), query.userId())
        .compose(
            standing -> {
              if (!standing.member().role().may(Right.SEND)) {
                throw new FailureException(Failure.READ_ONLY, "you may not write here");
              }
              return conversations.count(query.conversationId());
            })
        .compose(
            count ->
                count.isPresent() && count.getAsInt() > upTo
                    ? Future.succeededFuture(LARGE)
                    : read(query.conversationId()));
  }

  private Future<TypingAudience> read(ConversationId conversation) {
    return conversations.members(conversation).map(this::audience);
  }

  private TypingAudience audience(Members all) {
    List<Stint> current = all.current();
    if (current.size() > upTo) {
      return LARGE;
    }
    List<UserId> silent =
        current.stream().filter(stint -> !stint.role().may(Right.SEND)).map(Stint::userId).toList();
    return new TypingAudience(current.stream().map(Stint::userId).toList(), silent, false);
  }
}

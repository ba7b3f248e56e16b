package chat.parley.conversation;

import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.UserId;

/** What is known of a conversation besides its log and its members. {@code title} may be null. */
public record Conversation(
    ConversationId conversationId,
    ConversationType type,
    String title,
    UserId createdBy,
    long createdAt,
    AckMode ackMode,
    ConversationSettings settings) {
  /** The same after a change. */
  public Conversation with(ConversationPatch patch) {
    return new Conversation(
        conversationId,
        type,
        patch.title() == null ? title : patch.title(),
        createdBy,
        createdAt,
        ackMode,
        settings.with(patch));
  }
}

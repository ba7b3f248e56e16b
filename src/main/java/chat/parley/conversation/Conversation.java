package chat.parley.conversation;

import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationType;
import chat.parley.model.UserId;

/** What is known of a conversation besides its log and its members. {@code title} may be null. */
public record Conversation(
    ConversationId conversationId,
    ConversationType type,
    String title,
    UserId createdBy,
    long createdAt,
    AckMode ackMode) {}

package chat.parley.gateway;

import chat.parley.model.ConversationId;

/** One conversation on one connection: its stream, what is not acked, and what is being asked. */
final class ConversationFeed {
  final ConversationId conversationId;
  final ConversationStream stream;
  final Unacked unacked;

  /** A question to the log for this feed is under way. */
  boolean asking;

  /** Questions in a row that brought nothing. */
  int vainAttempts;

  /** Not before this time is the log asked again. */
  long askAgainAt;

  ConversationFeed(ConversationId conversationId, ConversationStream stream, Unacked unacked) {
    this.conversationId = conversationId;
    this.stream = stream;
    this.unacked = unacked;
  }
}

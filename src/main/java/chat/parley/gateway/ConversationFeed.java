package chat.parley.gateway;

import chat.parley.model.ConversationId;

/** One conversation on one connection: its stream, what is not acked, and what is being asked. */
final class ConversationFeed {
  final ConversationId conversationId;
  final ConversationStream stream;
  final Unacked unacked;

  final SoftFrames soft = new SoftFrames();

  /**
   * Messages up to here have been given to the device, or passed over; -1 where it is not known.
   */
  private long seq = -1;

  /**
   * Where the user was out when the device connected, the number of that leave: the device may have
   * been told of it by the connection before, and of no return.
   */
  private long outAt = -1;

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

  /** The user's membership had ended with this change when the device connected. */
  void endedAt(long leave) {
    outAt = leave;
  }

  /** Whether the user is in the conversation as far as this device may have been told. */
  boolean isIn() {
    return stream.isStarted() && !stream.isOut() && stream.position() > outAt;
  }

  /** The device has all messages up to here, or was told to start anew behind them. */
  void reaches(long messages) {
    seq = messages;
    if (stream.isOut()) {
      soft.clear();
    }
  }

  /** Whether the device may be told what is about messages up to this number. */
  boolean hasReached(long messages) {
    return messages <= seq;
  }
}

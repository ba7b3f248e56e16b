package chat.parley.model;

import java.util.Optional;

/**
 * Names one message. It is the conversation's id and the message's changeSeq, so that a message is
 * found without an index; a number is never used for two contents, so neither is an id. Clients
 * treat it as opaque.
 */
public record MessageId(ConversationId conversationId, long changeSeq) {
  private static final int RADIX = 36;
  private static final char SEPARATOR = '.';

  public MessageId {
    if (changeSeq < 1) {
      throw new IllegalArgumentException("a message's changeSeq starts at 1");
    }
  }

  /** Reads what {@link #toString} wrote; empty where the text names no message. */
  public static Optional<MessageId> parse(String text) {
    int dot = text == null ? -1 : text.lastIndexOf(SEPARATOR);
    if (dot < 1 || !Ids.isValid(text)) {
      return Optional.empty();
    }
    try {
      long changeSeq = Long.parseLong(text, dot + 1, text.length(), RADIX);
      if (changeSeq < 1) {
        return Optional.empty();
      }
      MessageId id = new MessageId(new ConversationId(text.substring(0, dot)), changeSeq);
      // One message has one id: not also one with leading zeros or in capitals.
      return Optional.of(id).filter(one -> one.toString().equals(text));
    } catch (NumberFormatException noNumber) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return conversationId.value() + SEPARATOR + Long.toString(changeSeq, RADIX);
  }
}

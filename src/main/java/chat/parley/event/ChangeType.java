package chat.parley.event;

import java.util.Optional;

/**
 * Every sort of change that a conversation's log holds. The code is stored, the word is what
 * clients see.
 */
public enum ChangeType {
  MESSAGE_NEW(1, "message.new", true),
  MEMBER_JOINED(2, "member.joined", false),
  MEMBER_LEFT(3, "member.left", false),
  MEMBER_UPDATED(4, "member.updated", false),
  CONVERSATION_UPDATED(5, "conversation.updated", false),
  MESSAGE_EDIT(6, "message.edit", false),
  MESSAGE_DELETE(7, "message.delete", false),
  REACTION(8, "reaction", false);

  private final int code;
  private final String wireName;
  private final boolean message;

  ChangeType(int code, String wireName, boolean message) {
    this.code = code;
    this.wireName = wireName;
    this.message = message;
  }

  /** The number in store and stream; never reused. */
  public int code() {
    return code;
  }

  /** The frame type and the change's {@code type} field. */
  public String wireName() {
    return wireName;
  }

  /** Whether this change is a message, so that it takes the next {@code seq}. */
  public boolean isMessage() {
    return message;
  }

  /** Whether this change alters a message that was there before. */
  public boolean amends() {
    return this == MESSAGE_EDIT || this == MESSAGE_DELETE || this == REACTION;
  }

  /** The type with this code; empty for a code of a newer version. */
  public static Optional<ChangeType> ofCode(int code) {
    for (ChangeType type : values()) {
      if (type.code == code) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}

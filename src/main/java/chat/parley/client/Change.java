package chat.parley.client;

import io.vertx.core.json.JsonObject;
import java.util.Objects;

/**
 * One numbered change of a conversation.
 *
 * @param type the protocol's word, for example {@code message.new}; a type this client does not
 *     know still has numbers
 * @param message the message, or null where the change is none, or alters one from before its
 *     reader's time, which they are shown nothing of
 * @param member the member that joined, left or was altered, or null
 * @param title the conversation's new title, or null
 * @param reaction what was done to a message beside its text, or null; such a change has no message
 */
public record Change(
    String type,
    String conversationId,
    long changeSeq,
    long seq,
    String at,
    String actorId,
    Message message,
    Member member,
    String title,
    Reaction reaction) {

  /** The type of a new message. */
  public static final String MESSAGE_NEW = "message.new";

  /** The type of a reaction. */
  public static final String REACTION = "reaction";

  /** The type of a join. */
  public static final String MEMBER_JOINED = "member.joined";

  /** The type of a leave or a removal. */
  public static final String MEMBER_LEFT = "member.left";

  /** A change that is no reaction. */
  public Change(
      String type,
      String conversationId,
      long changeSeq,
      long seq,
      String at,
      String actorId,
      Message message,
      Member member,
      String title) {
    this(type, conversationId, changeSeq, seq, at, actorId, message, member, title, null);
  }

  /** Whether this change is a new message. */
  public boolean isMessage() {
    return message != null && MESSAGE_NEW.equals(type);
  }

  /** Whether this change is the given user's join. */
  public boolean isJoinOf(String userId) {
    return member != null && MEMBER_JOINED.equals(type) && member.userId().equals(userId);
  }

  /** Whether this change is the given user's leave. */
  public boolean isLeaveOf(String userId) {
    return member != null && MEMBER_LEFT.equals(type) && member.userId().equals(userId);
  }

  /**
   * Whether both say the same thing under the same number. What describes the time of reading is
   * left out: display names and handles, and what became of a message after it was sent.
   */
  public boolean sameContent(Change other) {
    return this == other
        || (changeSeq == other.changeSeq
            && seq == other.seq
            && Objects.equals(type, other.type)
            && Objects.equals(conversationId, other.conversationId)
            && sameMessage(message, other.message)
            && Objects.equals(reaction, other.reaction)
            && Objects.equals(memberId(), other.memberId()));
  }

  private static boolean sameMessage(Message one, Message other) {
    return one == null || other == null ? one == other : one.isSameAs(other);
  }

  private String memberId() {
    return member == null ? null : member.userId();
  }

  /**
   * Reads a change object that carries its own type: an item of a changes page, or what store and
   * stream hold of a change.
   */
  public static Change parse(JsonObject json) {
    return from(json, null);
  }

  /** Reads a change object; {@code type} is used where the object does not carry its own. */
  static Change from(JsonObject json, String type) {
    boolean isReaction = json.containsKey("reaction");
    JsonObject message = isReaction ? null : json.getJsonObject("message");
    JsonObject member = json.getJsonObject("member");
    JsonObject conversation = json.getJsonObject("conversation");
    return new Change(
        json.getString("type", type),
        json.getString("conversationId"),
        json.getLong("changeSeq"),
        json.getLong("seq"),
        json.getString("at"),
        json.getString("actorId"),
        message == null ? null : Message.from(message),
        member == null ? null : Member.from(member),
        conversation == null ? null : conversation.getString("title"),
        isReaction ? Reaction.from(json) : null);
  }

  /** Reads an item of a history page: a message object with its conversation and changeSeq. */
  static Change fromHistory(JsonObject item) {
    Message message = Message.from(item);
    return new Change(
        MESSAGE_NEW,
        item.getString("conversationId"),
        item.getLong("changeSeq"),
        message.seq(),
        message.createdAt(),
        message.senderId(),
        message,
        null,
        null);
  }

  /** The change that an ack proves to its sender, who may never be sent the frame itself. */
  static Change fromAck(Ack ack, String userId, String deviceId, String text, String replyTo) {
    Message message =
        new Message(
            ack.messageId(),
            ack.seq(),
            userId,
            deviceId,
            ack.clientMsgId(),
            ack.createdAt(),
            text,
            replyTo);
    return new Change(
        MESSAGE_NEW,
        ack.conversationId(),
        ack.changeSeq(),
        ack.seq(),
        ack.createdAt(),
        userId,
        message,
        null,
        null);
  }
}

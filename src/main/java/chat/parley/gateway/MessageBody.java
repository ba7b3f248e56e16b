package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The body of a message as a client may send it, checked once for REST and socket alike. What is
 * stored and hashed is its canonical form, so that a retry from either way in is the same message.
 */
final class MessageBody {
  /** The longest text, in bytes of UTF-8. */
  static final int MAX_TEXT_BYTES = 16_384;

  private static final Set<String> FORMATS = Set.of("plain", "markdown");

  private final String text;
  private final String format;

  private MessageBody(String text, String format) {
    this.text = text;
    this.format = format;
  }

  /**
   * Checks a client's {@code body}; fields that are not known are ignored.
   *
   * @throws FailureException {@code BAD_REQUEST} where it is null, its text is missing, empty, no
   *     string or no Unicode, or its format is unknown; {@code PAYLOAD_TOO_LARGE} for a text beyond
   *     {@value #MAX_TEXT_BYTES} bytes
   */
  static MessageBody of(JsonObject body) {
    if (body == null) {
      throw refused("body is required");
    }
    if (!(body.getValue("text") instanceof String text)) {
      throw refused("body.text must be a string");
    }
    if (text.isEmpty()) {
      throw refused("body.text must not be empty");
    }
    if (utf8Length(text) > MAX_TEXT_BYTES) {
      throw new FailureException(
          Failure.PAYLOAD_TOO_LARGE, "body.text is longer than " + MAX_TEXT_BYTES + " bytes");
    }
    Object format = body.getValue("format");
    if (format == null) {
      return new MessageBody(text, null);
    }
    if (!(format instanceof String word) || !FORMATS.contains(word)) {
      throw refused("body.format must be plain or markdown");
    }
    return new MessageBody(text, word);
  }

  /**
   * The message that another one answers: of the same conversation, since nobody else could look it
   * up. Null where {@code value} is.
   *
   * @throws FailureException {@code BAD_REQUEST} where it is no such message's id
   */
  static String replyTo(Object value, ConversationId conversation) {
    if (value == null) {
      return null;
    }
    if (value instanceof String text
        && MessageId.parse(text)
            .filter(id -> id.conversationId().equals(conversation))
            .isPresent()) {
      return text;
    }
    throw refused("replyTo must be the id of a message of this conversation");
  }

  String text() {
    return text;
  }

  /** The JSON object as UTF-8: {@code text}, then {@code format} where the client gave one. */
  byte[] canonicalJson() {
    JsonObject canonical = new JsonObject().put("text", text);
    if (format != null) {
      canonical.put("format", format);
    }
    return canonical.toBuffer().getBytes();
  }

  private static int utf8Length(String text) {
    if (text.length() > MAX_TEXT_BYTES) {
      // Every char takes at least one byte: no need to encode what is too long anyway.
      return text.length();
    }
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      return encoded.remaining();
    } catch (CharacterCodingException loneSurrogate) {
      // Stored as '?' it would come back as another text than was sent.
      throw refused("body.text is not valid Unicode");
    }
  }

  private static FailureException refused(String detail) {
    return new FailureException(Failure.BAD_REQUEST, detail);
  }
}

package chat.parley.event;

import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How a {@link Change} lies in the stream: key = conversation id, value = the payload as it is,
 * headers = the rest as short texts (so that the ordinary Kafka tools show them). Additive only:
 * headers that a reader does not know are ignored; a type that it does not know makes the record
 * readable for nobody here, which is no error.
 */
public final class ChangeRecord {
  /** The format's version; raised only by a change that older readers must not try to read. */
  public static final int VERSION = 1;

  private static final String VERSION_HEADER = "v";
  private static final String TYPE = "type";
  private static final String CHANGE_SEQ = "changeSeq";
  private static final String SEQ = "seq";
  private static final String ACTOR = "actor";
  private static final String SUBJECT = "subject";
  private static final String LARGE_SINCE = "largeSince";
  private static final String COMMITTED_AT = "at";
  private static final String SENT_AT = "sentAt";
  private static final String PERSISTED_AT = "persistedAt";
  private static final String MENTIONS = "mentions";

  private ChangeRecord() {}

  /** The change as a stream record; its payload is shared, not copied. */
  public static StreamRecord encode(Change change) {
    Map<String, byte[]> headers = new LinkedHashMap<>(16);
    put(headers, VERSION_HEADER, VERSION);
    put(headers, TYPE, change.type().code());
    put(headers, CHANGE_SEQ, change.changeSeq());
    put(headers, SEQ, change.seq());
    headers.put(ACTOR, bytes(change.actorId().value()));
    if (change.subjectId() != null) {
      headers.put(SUBJECT, bytes(change.subjectId().value()));
    }
    putIfKnown(headers, LARGE_SINCE, change.largeSince());
    put(headers, COMMITTED_AT, change.committedAt());
    putIfKnown(headers, SENT_AT, change.sentAt());
    putIfKnown(headers, PERSISTED_AT, change.persistedAt());
    if (!change.mentions().equals(Mentions.NONE)) {
      headers.put(MENTIONS, bytes(change.mentions().toHeader()));
    }
    return new StreamRecord(change.conversationId().value(), change.payload(), headers);
  }

  /**
   * Reads a record.
   *
   * @return empty for a version or a type of a newer Parley: its clients' next sync brings it
   * @throws IllegalArgumentException where the record is none of ours or is damaged
   */
  public static Optional<Change> decode(StreamRecord record) {
    Map<String, byte[]> headers = record.headers();
    if (number(headers, VERSION_HEADER) > VERSION) {
      return Optional.empty();
    }
    Optional<ChangeType> type = ChangeType.ofCode((int) number(headers, TYPE));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    if (record.key() == null || record.value() == null) {
      throw new IllegalArgumentException("a change record needs a key and a value");
    }
    if (!looksLikeAnObject(record.value())) {
      throw new IllegalArgumentException("the value is no JSON object");
    }
    byte[] subject = headers.get(SUBJECT);
    return Optional.of(
        new Change(
            new ConversationId(record.key()),
            number(headers, CHANGE_SEQ),
            number(headers, SEQ),
            type.get(),
            new UserId(text(headers, ACTOR)),
            subject == null ? null : new UserId(new String(subject, StandardCharsets.UTF_8)),
            numberIfKnown(headers, LARGE_SINCE),
            number(headers, COMMITTED_AT),
            record.value(),
            numberIfKnown(headers, SENT_AT),
            numberIfKnown(headers, PERSISTED_AT),
            headers.containsKey(MENTIONS)
                ? Mentions.ofHeader(text(headers, MENTIONS))
                : Mentions.NONE));
  }

  /** The number that a record bears, even where it cannot be read otherwise; else empty. */
  public static OptionalLong changeSeq(StreamRecord record) {
    try {
      return OptionalLong.of(number(record.headers(), CHANGE_SEQ));
    } catch (IllegalArgumentException damaged) {
      return OptionalLong.empty();
    }
  }

  /**
   * By its ends only: what is passed on unread must not be parsed for it, and would break the frame
   * of every client that it went to.
   */
  private static boolean looksLikeAnObject(byte[] value) {
    return value.length >= 2 && value[0] == '{' && value[value.length - 1] == '}';
  }

  private static void put(Map<String, byte[]> headers, String name, long number) {
    headers.put(name, bytes(Long.toString(number)));
  }

  private static void putIfKnown(Map<String, byte[]> headers, String name, long number) {
    if (number > 0) {
      put(headers, name, number);
    }
  }

  private static long numberIfKnown(Map<String, byte[]> headers, String name) {
    return headers.containsKey(name) ? number(headers, name) : 0;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long number(Map<String, byte[]> headers, String name) {
    String text = text(headers, name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException damaged) {
      throw new IllegalArgumentException("header " + name + " is not a number", damaged);
    }
  }

  private static String text(Map<String, byte[]> headers, String name) {
    byte[] value = headers.get(name);
    if (value == null) {
      throw new IllegalArgumentException("header " + name + " is missing");
    }
    return new String(value, StandardCharsets.UTF_8);
  }
}

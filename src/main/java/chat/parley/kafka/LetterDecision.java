package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What somebody did about a dead letter. It is appended to the topic that holds the letter: the
 * topic's order then says which of two decisions came first, and that one counts; and a decision
 * goes no sooner than its letter when the topic's retention removes both.
 *
 * @param letterId of the letter
 * @param by who decided
 * @param at milliseconds since the epoch
 * @param token tells this decision from another one of the same moment
 */
public record LetterDecision(String letterId, Kind kind, String by, long at, String token) {
  /** What becomes of a letter. */
  public enum Kind {
    REPLAYED,
    DISCARDED;

    /** The word in the topic and for people. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String DECISION = "decision.";
  private static final String OF = DECISION + "of";
  private static final String KIND = DECISION + "kind";
  private static final String BY = DECISION + "by";
  private static final String AT = DECISION + "at";
  private static final String TOKEN = DECISION + "token";

  /** The record of the dead-letter topic. */
  public StreamRecord encode() {
    Map<String, byte[]> headers = new LinkedHashMap<>();
    headers.put(OF, utf8(letterId));
    headers.put(KIND, utf8(kind.word()));
    headers.put(BY, utf8(by));
    headers.put(AT, utf8(Long.toString(at)));
    headers.put(TOKEN, utf8(token));
    return new StreamRecord(letterId, new byte[0], headers);
  }

  /** Whether the record is a decision, even of a kind that only a newer version knows. */
  public static boolean isDecision(StreamRecord record) {
    return record.headers().containsKey(OF) && !DeadLetter.isLetter(record);
  }

  /** Reads a decision; empty for one of a kind that only a newer version knows. */
  public static Optional<LetterDecision> decode(StreamRecord record) {
    Map<String, byte[]> headers = record.headers();
    try {
      return Optional.of(
          new LetterDecision(
              text(headers, OF),
              Kind.valueOf(text(headers, KIND).toUpperCase(Locale.ROOT)),
              text(headers, BY),
              Long.parseLong(text(headers, AT)),
              text(headers, TOKEN)));
    } catch (IllegalArgumentException ofANewerVersion) {
      return Optional.empty();
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Map<String, byte[]> headers, String name) {
    return new String(headers.getOrDefault(name, new byte[0]), StandardCharsets.UTF_8);
  }
}

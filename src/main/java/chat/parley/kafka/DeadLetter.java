package chat.parley.kafka;

import chat.parley.event.StreamRecord;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A record that could not be handled, with where it came from and why it was put aside. In the
 * dead-letter topic it is the record as it was, with headers {@code dead.*} beside its own.
 *
 * @param id the same however often this record is put aside, for a crash or a rebalance may do that
 *     twice; sorts by the age of the record
 * @param record as it was, without the headers that say why it is here
 * @param replayOf the letter whose replay this record was; null where it was none
 */
public record DeadLetter(
    String id, Origin origin, Fault fault, StreamRecord record, String replayOf) {
  /** A longer cause is cut: a letter must not outgrow the record that it holds. */
  static final int MAX_MESSAGE = 1_000;

  static final int MAX_STACK = 8_000;

  private static final int MAX_FRAMES = 20;

  /** Marks a record that was put back on its way: the letter's id. */
  static final String REPLAY_OF = "replay.of";

  private static final String REPLAYED = "replay.";
  private static final String REPLAY_FOR = REPLAYED + "for";
  private static final String DEAD = "dead.";
  private static final long NO_NUMBER = -1;
  private static final int HASH_BYTES = 4;

  /**
   * Where the record lay.
   *
   * @param group the consumers that could not handle it; others may have
   * @param timestamp of the record, milliseconds since the epoch
   */
  public record Origin(String group, String topic, int partition, long offset, long timestamp) {}

  /**
   * Why it was put aside.
   *
   * @param attempts how often it was tried by itself
   * @param error the exception's class
   * @param at milliseconds since the epoch
   * @param stack where it was thrown; empty in letters of older versions
   */
  public record Fault(
      int attempts, String error, String message, long at, String node, String stack) {
    /** Of an exception; the deepest cause is named too. */
    static Fault of(Throwable cause, int attempts, long at, String node) {
      Throwable root = cause;
      while (root.getCause() != null && root.getCause() != root) {
        root = root.getCause();
      }
      String message = Objects.requireNonNullElse(cause.getMessage(), "");
      String all = root == cause ? message : message + ", caused by " + root;
      return new Fault(
          attempts,
          cause.getClass().getName(),
          cut(all, MAX_MESSAGE),
          at,
          node,
          cut(stackOf(cause), MAX_STACK));
    }

    /**
     * The innermost frames of each cause: the chain's end, which says most, must not be cut off.
     */
    private static String stackOf(Throwable thrown) {
      StringBuilder stack = new StringBuilder();
      Set<Throwable> shown = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Throwable one = thrown; one != null && shown.add(one); one = one.getCause()) {
        stack
            .append(shown.size() == 1 ? "" : "Caused by: ")
            .append(cut(one.toString(), MAX_MESSAGE));
        StackTraceElement[] frames = one.getStackTrace();
        Stream.of(frames).limit(MAX_FRAMES).forEach(at -> stack.append("\n\tat ").append(at));
        stack.append(frames.length > MAX_FRAMES ? "\n\t...\n" : "\n");
      }
      return stack.toString();
    }

    private static String cut(String text, int max) {
      return text.substring(0, Math.min(max, text.length()));
    }
  }

  static DeadLetter of(Batch.Entry entry, String group, Fault fault) {
    Origin origin =
        new Origin(
            group,
            entry.partition().topic(),
            entry.partition().partition(),
            entry.offset(),
            entry.timestamp());
    StreamRecord record = entry.record();
    byte[] replayOf = record.headers().get(REPLAY_OF);
    return new DeadLetter(
        idOf(origin, record), origin, fault, record, replayOf == null ? null : text(replayOf));
  }

  /** The record of the dead-letter topic. */
  StreamRecord encode() {
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
    put(headers, "id", id);
    put(headers, "group", origin.group());
    put(headers, "topic", origin.topic());
    put(headers, "partition", origin.partition());
    put(headers, "offset", origin.offset());
    put(headers, "timestamp", origin.timestamp());
    put(headers, "attempts", fault.attempts());
    put(headers, "error", fault.error());
    put(headers, "message", fault.message());
    put(headers, "at", fault.at());
    put(headers, "node", fault.node());
    put(headers, "stack", fault.stack());
    byte[] value = record.value() == null ? new byte[0] : record.value();
    return new StreamRecord(record.key(), value, headers);
  }

  /**
   * Reads any record of the topic that is no {@link LetterDecision}: what it does not say is empty
   * or -1, for no letter may be lost.
   */
  public static DeadLetter decode(StreamRecord letter) {
    Map<String, byte[]> own = new LinkedHashMap<>();
    Map<String, String> dead = new HashMap<>();
    letter
        .headers()
        .forEach(
            (name, value) -> {
              if (name.startsWith(DEAD)) {
                dead.put(name.substring(DEAD.length()), text(value));
              } else {
                own.put(name, value);
              }
            });
    StreamRecord record = new StreamRecord(letter.key(), letter.value(), own);
    Origin origin =
        new Origin(
            dead.getOrDefault("group", ""),
            dead.getOrDefault("topic", ""),
            (int) number(dead, "partition"),
            number(dead, "offset"),
            number(dead, "timestamp"));
    Fault fault =
        new Fault(
            (int) number(dead, "attempts"),
            dead.getOrDefault("error", ""),
            dead.getOrDefault("message", ""),
            number(dead, "at"),
            dead.getOrDefault("node", ""),
            dead.getOrDefault("stack", ""));
    byte[] replayOf = own.get(REPLAY_OF);
    return new DeadLetter(
        dead.containsKey("id") ? dead.get("id") : idOf(origin, record),
        origin,
        fault,
        record,
        replayOf == null ? null : text(replayOf));
  }

  /** Whether a record of the dead-letter topic says of itself that it is a letter. */
  static boolean isLetter(StreamRecord record) {
    return record.headers().containsKey(DEAD + "id");
  }

  /** Whether this record was put back on its way by somebody. */
  public static boolean isReplay(StreamRecord record) {
    return record.headers().containsKey(REPLAY_OF);
  }

  /** Whether these consumers are to handle it: what was put back is for those that could not. */
  static boolean isFor(StreamRecord record, String group) {
    byte[] only = record.headers().get(REPLAY_FOR);
    return only == null || text(only).equals(group);
  }

  /**
   * The record to put back on its way, at the end of the topic that it came from: as it was, and
   * saying by whom and for which consumers. Those of other groups pass over it.
   */
  public StreamRecord replay(String actor, long at) {
    Map<String, byte[]> headers = new LinkedHashMap<>(record.headers());
    headers.keySet().removeIf(name -> name.startsWith(REPLAYED));
    headers.put(REPLAY_OF, utf8(id));
    headers.put(REPLAYED + "by", utf8(actor));
    headers.put(REPLAYED + "at", utf8(Long.toString(at)));
    headers.put(REPLAY_FOR, utf8(origin.group()));
    byte[] value = record.value() == null ? new byte[0] : record.value();
    return new StreamRecord(record.key(), value, headers);
  }

  private static String idOf(Origin origin, StreamRecord record) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      String place = origin.group() + '\n' + origin.topic() + '\n' + origin.partition();
      digest.update(utf8(place + '\n' + origin.offset() + '\n' + record.key() + '\n'));
      if (record.value() != null) {
        digest.update(record.value());
      }
      return "%012x-%s"
          .formatted(
              Math.max(0, origin.timestamp()) & 0xffff_ffff_ffffL,
              HexFormat.of().formatHex(digest.digest(), 0, HASH_BYTES));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static void put(Map<String, byte[]> headers, String name, Object value) {
    headers.put(DEAD + name, utf8(String.valueOf(value)));
  }

  private static long number(Map<String, String> headers, String name) {
    try {
      return Long.parseLong(headers.getOrDefault(name, ""));
    } catch (NumberFormatException notSaid) {
      return NO_NUMBER;
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}

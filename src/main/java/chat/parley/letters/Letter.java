package chat.parley.letters;

import chat.parley.event.ChangeRecord;
import chat.parley.kafka.DeadLetter;
import chat.parley.kafka.LetterDecision;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A dead letter in one line, without its record.
 *
 * @param place where it lies in its topic
 * @param at when it was put aside, milliseconds since the epoch; -1 where that is not known
 * @param group the consumers that could not handle it
 * @param conversation the record's key; empty where it had none
 * @param changeSeq the change's number, as far as the record says it
 * @param cause the error and its message, cut, in one line
 * @param replayOf the letter whose replay came to nothing; null where it was no replay
 * @param decision what was decided about it; empty while it is open
 */
public record Letter(
    String id,
    String place,
    long at,
    String group,
    String conversation,
    OptionalLong changeSeq,
    String cause,
    String replayOf,
    Optional<LetterDecision> decision) {
  private static final int MAX_CAUSE = 160;

  static Letter of(String place, DeadLetter letter) {
    String key = letter.record().key();
    return new Letter(
        letter.id(),
        place,
        letter.fault().at(),
        letter.origin().group(),
        key == null ? "" : key,
        ChangeRecord.changeSeq(letter.record()),
        cause(letter.fault()),
        letter.replayOf(),
        Optional.empty());
  }

  private static String cause(DeadLetter.Fault fault) {
    String error = fault.error().substring(fault.error().lastIndexOf('.') + 1);
    String line = (error + ": " + fault.message()).replaceAll("\\s+", " ").strip();
    return line.substring(0, Math.min(MAX_CAUSE, line.length()));
  }

  Letter decided(LetterDecision by) {
    return new Letter(
        id, place, at, group, conversation, changeSeq, cause, replayOf, Optional.of(by));
  }

  /** {@code open}, {@code replayed} or {@code discarded}. */
  public String state() {
    return decision.map(made -> made.kind().word()).orElse("open");
  }

  /** The same as a JSON object; what is not known is left out. */
  public JsonObject json() {
    JsonObject json = new JsonObject().put("id", id).put("state", state()).put("group", group);
    if (at >= 0) {
      json.put("at", time(at));
    }
    if (!conversation.isEmpty()) {
      json.put("conversationId", conversation);
    }
    changeSeq.ifPresent(number -> json.put("changeSeq", number));
    json.put("cause", cause);
    if (replayOf != null) {
      json.put("replayOf", replayOf);
    }
    decision.ifPresent(made -> json.put("decidedBy", made.by()).put("decidedAt", time(made.at())));
    return json;
  }

  static String time(long at) {
    return Instant.ofEpochMilli(at).toString();
  }
}

package chat.parley.verify;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How much of the logs was compared with the stream, and what was not, and why.
 *
 * @param changes that were compared with their records, or whose record is certainly lacking
 * @param removed published changes without a record, which Kafka may have removed as an old one
 * @param removedIn so many conversations have such changes
 * @param removedAllOf so many of these have no other published changes
 * @param leftOut conversations that were not compared: too many changes to remember
 * @param unjudged records that were not compared: too many to remember
 * @param newer records that were not compared: of a newer version
 */
public record StreamCoverage(
    long changes,
    long removed,
    long removedIn,
    long removedAllOf,
    long leftOut,
    long unjudged,
    long newer) {
  static final StreamCoverage NONE = new StreamCoverage(0, 0, 0, 0, 0, 0, 0);

  /** Whether something was not compared. */
  public boolean isPartial() {
    return removed + leftOut + unjudged + newer > 0;
  }

  /** What was not compared, in sentences. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (removed > 0) {
      notes.add(
          said(
              "Kafka has removed old records: whether %,d changes of %,d conversations were in the stream"
                  + " cannot be told, of %,d of these conversations that is all. The records that are"
                  + " left were compared.",
              removed, removedIn, removedAllOf));
    }
    if (leftOut + unjudged > 0) {
      notes.add(
          said(
              "The stream was not compared for %,d conversations and %,d records: too many to remember."
                  + " Look at them with --conversation.",
              leftOut, unjudged));
    }
    if (newer > 0) {
      notes.add(said("%,d records of the stream are of a newer version: not compared.", newer));
    }
    return notes;
  }

  private static String said(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  /** What was not compared, by its reason. */
  JsonObject notCompared() {
    return new JsonObject()
        .put(
            "removed",
            new JsonObject()
                .put("changes", removed)
                .put("conversations", removedIn)
                .put("wholeConversations", removedAllOf))
        .put("tooMany", new JsonObject().put("conversations", leftOut).put("records", unjudged))
        .put("newerVersion", new JsonObject().put("records", newer));
  }
}

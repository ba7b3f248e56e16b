package chat.parley.audit;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * A line of a chain, as it is stored.
 *
 * @param seq its number in the chain, from 1 on, none left out
 * @param text JSON; the seal is of these very characters
 * @param seal over the line and the one before it
 */
public record AuditLine(String day, String chain, long seq, String text, byte[] seal) {
  /** Lines of one partition: some 15 MB of a busy day's. */
  static final int PER_PART = 50_000;

  static String text(String day, String chain, long seq, Instant at, AuditEvent event) {
    JsonObject details = new JsonObject();
    event.details().forEach(details::put);
    return new JsonObject()
        .put("day", day)
        .put("chain", chain)
        .put("seq", seq)
        .put("at", at.truncatedTo(ChronoUnit.MILLIS).toString())
        .put("action", event.action().word())
        .put("actor", event.actor())
        .put("outcome", event.outcome())
        .put("details", details)
        .encode();
  }

  /** Which partition of the chain it lies in. */
  int part() {
    return part(seq);
  }

  static int part(long seq) {
    return (int) ((seq - 1) / PER_PART);
  }

  /** The line and its seal, for an export; the text in it is as it is stored. */
  public String export() {
    return "{\"seal\":\"" + HexFormat.of().formatHex(seal) + "\",\"line\":" + text + "}";
  }

  /** The line as an object. */
  public JsonObject json() {
    return new JsonObject(text);
  }
}

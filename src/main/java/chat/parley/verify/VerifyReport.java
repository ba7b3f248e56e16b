package chat.parley.verify;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What came of a verification.
 *
 * @param changes numbers of logs that were walked
 * @param rows of logs, of all epochs
 * @param members memberships
 * @param records of the stream; 0 where it was not looked at
 * @param coverage how much of the logs was compared with the stream
 * @param streamAway why the stream was not looked at; empty where it was
 * @param notes what was left out, in sentences
 * @param findings the first of them, as many as are worth reading
 * @param more how many further ones there are
 */
public record VerifyReport(
    long conversations,
    long changes,
    long rows,
    long sendKeys,
    long members,
    long cursors,
    long records,
    StreamCoverage coverage,
    String streamAway,
    List<String> notes,
    List<Finding> findings,
    long more,
    long durationMs) {
  private static final int SHOWN_OF_A_SORT = 20;

  /** Takes copies. */
  public VerifyReport {
    notes = List.copyOf(notes);
    findings = List.copyOf(findings);
  }

  /** Whether nothing is wrong with what was looked at. */
  public boolean isClean() {
    return findings.isEmpty();
  }

  /** 0 clean, 1 findings. */
  public int exitCode() {
    return isClean() ? 0 : 1;
  }

  /** For people. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("conversations", conversations));
    lines.add(row("changes", changes));
    lines.add(row("rows of logs", rows));
    lines.add(row("send keys", sendKeys));
    lines.add(row("memberships", members));
    lines.add(row("cursors", cursors));
    lines.add(
        streamAway.isEmpty()
            ? row("stream records", records)
            : String.format(Locale.ROOT, "%-18s%12s", "stream records", "not looked at"));
    if (streamAway.isEmpty()) {
      lines.add(row("stream changes", coverage.changes()));
      lines.add(row("  not to be told", coverage.removed()));
    }
    lines.add(String.format(Locale.ROOT, "%-18s%12.1f s", "duration", durationMs / 1000.0));
    if (!streamAway.isEmpty()) {
      lines.add("");
      lines.add("The stream was not looked at: " + streamAway);
    }
    lines.addAll(notes);
    bySort().forEach((fault, of) -> lines.addAll(section(fault, of)));
    lines.add("");
    lines.add(verdict());
    return String.join(System.lineSeparator(), lines);
  }

  private Map<Fault, List<Finding>> bySort() {
    Map<Fault, List<Finding>> sorts = new LinkedHashMap<>();
    for (Fault fault : Fault.values()) {
      List<Finding> of = findings.stream().filter(one -> one.fault() == fault).toList();
      if (!of.isEmpty()) {
        sorts.put(fault, of);
      }
    }
    return sorts;
  }

  private static List<String> section(Fault fault, List<Finding> of) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(fault.word() + " (" + of.size() + "): " + fault.meaning());
    for (Finding one : of.subList(0, Math.min(of.size(), SHOWN_OF_A_SORT))) {
      lines.add("  " + one.line());
      lines.add("      " + one.look());
    }
    if (of.size() > SHOWN_OF_A_SORT) {
      lines.add("  and " + (of.size() - SHOWN_OF_A_SORT) + " more; --json lists them");
    }
    lines.add("  " + fault.advice());
    return lines;
  }

  private String verdict() {
    if (!isClean()) {
      return "FAULTS: " + (findings.size() + more) + (more > 0 ? " (the first are listed)" : "");
    }
    if (!streamAway.isEmpty()) {
      return "nothing is wrong with what was compared; the stream was not compared";
    }
    return coverage.isPartial() ? "nothing is wrong with what was compared" : "nothing is wrong";
  }

  /** For programs: one object; additive changes only. */
  public JsonObject json() {
    JsonArray list = new JsonArray();
    findings.forEach(one -> list.add(one.json()));
    return new JsonObject()
        .put("clean", isClean())
        .put(
            "looked",
            new JsonObject()
                .put("conversations", conversations)
                .put("changes", changes)
                .put("rows", rows)
                .put("sendKeys", sendKeys)
                .put("members", members)
                .put("cursors", cursors)
                .put("records", records)
                .put("streamChanges", coverage.changes())
                .put("durationMs", durationMs))
        .put("stream", streamAway.isEmpty() ? "compared" : streamAway)
        .put("notCompared", coverage.notCompared())
        .put("notes", new JsonArray(notes))
        .put("findings", list)
        .put("moreFindings", more);
  }

  private static String row(String name, long value) {
    return String.format(Locale.ROOT, "%-18s%,12d", name, value);
  }
}

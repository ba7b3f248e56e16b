package chat.parley.torture.scenario;

import chat.parley.torture.check.Figures;
import chat.parley.torture.check.Violation;
import chat.parley.torture.scenario.Outcome.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How all of it went. */
public record TortureReport(List<Outcome> outcomes) {
  /** Everything that was asked for was played, and nothing is wrong. */
  public static final int SOUND = 0;

  /** Something is wrong. */
  public static final int RED = 1;

  /** Nothing is wrong with what was played, and not all of it was. */
  public static final int INCOMPLETE = 3;

  private static final double MS = 1000.0;

  /** Takes a copy. */
  public TortureReport {
    outcomes = List.copyOf(outcomes);
  }

  /** One of the numbers above. */
  public int exitCode() {
    if (isRed()) {
      return RED;
    }
    return count(Verdict.SKIPPED) > 0 ? INCOMPLETE : SOUND;
  }

  /** Whether there is something to look into. */
  public boolean isRed() {
    return count(Verdict.RED) + count(Verdict.BROKEN) > 0;
  }

  private long count(Verdict verdict) {
    return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).count();
  }

  /** For people: a line a scenario, then what is wrong. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%-26s %20s %8s %7s %10s %8s  %s",
            "scenario",
            "seed",
            "acks",
            "faults",
            "ack gap",
            "time",
            "verdict"));
    outcomes.forEach(outcome -> lines.add(line(outcome)));
    outcomes.forEach(outcome -> faults(outcome, lines));
    lines.add("");
    lines.add(
        "%d sound, %d red, %d broken off, %d skipped"
            .formatted(
                count(Verdict.SOUND),
                count(Verdict.RED),
                count(Verdict.BROKEN),
                count(Verdict.SKIPPED)));
    return String.join(System.lineSeparator(), lines);
  }

  private static String line(Outcome outcome) {
    String verdict = outcome.verdict().name().toLowerCase(Locale.ROOT);
    return String.format(
        Locale.ROOT,
        "%-26s %20d %8s %7s %10s %7ds  %s",
        outcome.scenario().word(),
        outcome.seed(),
        outcome.judgement().map(found -> Long.toString(found.figures().acked())).orElse("-"),
        outcome.judgement().map(found -> Long.toString(found.figures().faults())).orElse("-"),
        outcome.judgement().map(found -> gap(found.figures())).orElse("-"),
        outcome.took().toSeconds(),
        outcome.remark().isEmpty() ? verdict : verdict + ": " + outcome.remark());
  }

  private static String gap(Figures figures) {
    return String.format(Locale.ROOT, "%.1fs", figures.longestGap().toMillis() / MS);
  }

  private static void faults(Outcome outcome, List<String> lines) {
    if (outcome.verdict() != Verdict.RED) {
      return;
    }
    lines.add("");
    lines.add(
        outcome.scenario().word()
            + ", seed "
            + outcome.seed()
            + ": "
            + outcome.history().map(Object::toString).orElse(""));
    lines.add(outcome.judgement().orElseThrow().table().indent(2).stripTrailing());
  }

  /** For programs. */
  public JsonObject json() {
    JsonArray all = new JsonArray();
    outcomes.forEach(outcome -> all.add(json(outcome)));
    return new JsonObject().put("exitCode", exitCode()).put("scenarios", all);
  }

  private static JsonObject json(Outcome outcome) {
    JsonObject json =
        new JsonObject()
            .put("scenario", outcome.scenario().word())
            .put("seed", outcome.seed())
            .put("verdict", outcome.verdict().name().toLowerCase(Locale.ROOT))
            .put("seconds", outcome.took().toSeconds());
    if (!outcome.remark().isEmpty()) {
      json.put("remark", outcome.remark());
    }
    outcome.history().ifPresent(file -> json.put("history", file.toString()));
    outcome
        .judgement()
        .ifPresent(
            found -> {
              Figures figures = found.figures();
              json.put("sends", figures.sends())
                  .put("acked", figures.acked())
                  .put("refused", figures.refused())
                  .put("unknown", figures.unknown())
                  .put("resends", figures.resends())
                  .put("changes", figures.changes())
                  .put("observations", figures.observations())
                  .put("faultsSeen", figures.faults())
                  .put("longestAckGapMs", figures.longestGap().toMillis())
                  .put("longestAckGapOfOneMs", figures.longestGapOfOne().toMillis());
              JsonArray violations = new JsonArray();
              found.violations().forEach(violation -> violations.add(json(violation)));
              json.put("violations", violations);
            });
    return json;
  }

  private static JsonObject json(Violation violation) {
    return new JsonObject()
        .put("kind", violation.kind().name())
        .put("count", violation.count())
        .put("examples", new JsonArray(violation.examples()));
  }
}

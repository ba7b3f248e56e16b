package chat.parley.torture.scenario;

import chat.parley.torture.check.Figures;
import chat.parley.torture.check.Judgement;
import chat.parley.torture.check.Violation;
import chat.parley.torture.scenario.Outcome.Verdict;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How all of it went.
 *
 * @param remains what a verification of everything found wrong after the last scenario, in words
 */
public record TortureReport(List<Outcome> outcomes, List<String> remains) {
  /** Everything that was asked for was played, and nothing is wrong. */
  public static final int SOUND = 0;

  /** Something is wrong. */
  public static final int RED = 1;

  /** Nothing is wrong with what was played, and not all of it was. */
  public static final int INCOMPLETE = 3;

  /** Takes copies. */
  public TortureReport {
    outcomes = List.copyOf(outcomes);
    remains = List.copyOf(remains);
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
    return count(Verdict.RED) + count(Verdict.BROKEN) + remains.size() > 0;
  }

  private long count(Verdict verdict) {
    return outcomes.stream().filter(outcome -> outcome.verdict() == verdict).count();
  }

  /**
   * For people: a line a scenario and seed, where there are several seeds a line a scenario, then
   * what is wrong.
   */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("scenario", "seed", "acks", "faults", "ack gap", "time", "verdict"));
    outcomes.forEach(outcome -> lines.add(line(outcome)));
    if (outcomes.stream().mapToLong(Outcome::seed).distinct().count() > 1) {
      lines.add("");
      lines.add(row("scenario", "seeds", "acks", "faults", "ack gap", "time", "verdicts"));
      byScenario().forEach((scenario, of) -> lines.add(line(scenario, of)));
    }
    outcomes.forEach(outcome -> faults(outcome, lines));
    if (!remains.isEmpty()) {
      lines.add("");
      lines.add("What is stored in the end is wrong:");
      remains.forEach(one -> lines.add("  " + one));
    }
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

  private static String row(Object... cells) {
    return String.format(Locale.ROOT, "%-26s %20s %8s %7s %10s %8s  %s", cells);
  }

  private static String line(Outcome outcome) {
    String verdict = outcome.verdict().name().toLowerCase(Locale.ROOT);
    return row(
        outcome.scenario().word(),
        outcome.seed(),
        outcome.judgement().map(found -> Long.toString(found.figures().acked())).orElse("-"),
        outcome.judgement().map(found -> Long.toString(found.figures().faults())).orElse("-"),
        outcome
            .judgement()
            .map(found -> found.figures().longestGap())
            .map(Outcome::seconds)
            .orElse("-"),
        outcome.took().toSeconds() + "s",
        outcome.remark().isEmpty() ? verdict : verdict + ": " + outcome.remark());
  }

  private Map<Scenario, List<Outcome>> byScenario() {
    return outcomes.stream()
        .collect(Collectors.groupingBy(Outcome::scenario, LinkedHashMap::new, Collectors.toList()));
  }

  /** Sums, but for the gap, which is the longest. */
  private static String line(Scenario scenario, List<Outcome> of) {
    List<Figures> figures =
        of.stream().flatMap(one -> one.judgement().stream()).map(Judgement::figures).toList();
    Map<Verdict, Long> verdicts =
        of.stream()
            .collect(
                Collectors.groupingBy(
                    Outcome::verdict, () -> new EnumMap<>(Verdict.class), Collectors.counting()));
    return row(
        scenario.word(),
        of.size(),
        figures.stream().mapToLong(Figures::acked).sum(),
        figures.stream().mapToLong(Figures::faults).sum(),
        figures.stream()
            .map(Figures::longestGap)
            .max(Comparator.naturalOrder())
            .map(Outcome::seconds)
            .orElse("-"),
        of.stream().mapToLong(one -> one.took().toSeconds()).sum() + "s",
        verdicts.entrySet().stream()
            .map(each -> each.getValue() + " " + each.getKey().name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", ")));
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
    return new JsonObject()
        .put("exitCode", exitCode())
        .put("scenarios", all)
        .put("wrongInTheEnd", new JsonArray(remains));
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
                  .put("amended", figures.amended())
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

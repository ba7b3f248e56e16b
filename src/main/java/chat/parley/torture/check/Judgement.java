package chat.parley.torture.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a history proves. */
public record Judgement(List<Violation> violations, Figures figures) {
  /** Takes a copy. */
  public Judgement {
    violations = List.copyOf(violations);
  }

  /** Whether nothing is wrong, and enough happened for that to mean something. */
  public boolean isSound() {
    return violations.isEmpty();
  }

  /** For people. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("sends", figures.sends()));
    lines.add(row("  acked", figures.acked()));
    lines.add(row("  refused", figures.refused()));
    lines.add(row("  unknown", figures.unknown()));
    lines.add(row("resends", figures.resends()));
    lines.add(row("amended", figures.amended()));
    lines.add(row("conversations", figures.conversations()));
    lines.add(row("changes", figures.changes()));
    lines.add(row("observations", figures.observations()));
    lines.add(row("devices", figures.devices()));
    lines.add(row("faults seen", figures.faults()));
    lines.add(gap("longest ack gap", figures.longestGap(), figures.longestGapAt(), ""));
    lines.add(
        gap(
            "  of one",
            figures.longestGapOfOne(),
            figures.longestGapOfOneAt(),
            " in " + figures.longestGapOfOneIn()));
    for (Violation violation : violations) {
      lines.add("");
      lines.add(
          violation.kind() + " (" + violation.count() + "): " + violation.kind().meaning() + ".");
      violation.examples().forEach(example -> lines.add("  " + example));
      if (violation.count() > violation.examples().size()) {
        lines.add("  and " + (violation.count() - violation.examples().size()) + " more");
      }
    }
    lines.add("");
    lines.add(isSound() ? "sound" : "RED");
    return String.join(System.lineSeparator(), lines);
  }

  private static String row(String name, long value) {
    return String.format(Locale.ROOT, "%-18s%,12d", name, value);
  }

  private static String gap(String name, Duration length, Duration at, String where) {
    return String.format(
        Locale.ROOT,
        "%-18s%,12d ms at %.1f s%s",
        name,
        length.toMillis(),
        at.toMillis() / 1000.0,
        length.isZero() ? "" : where);
  }
}

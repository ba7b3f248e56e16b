package chat.parley.torture.scenario;

import chat.parley.torture.check.Figures;
import chat.parley.torture.check.Judgement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How one scenario went.
 *
 * @param history what happened; empty where the scenario was not played
 * @param judgement of the history; empty where it was not played to its end
 * @param remark why it was skipped or broke off, for people
 */
public record Outcome(
    Scenario scenario,
    long seed,
    Verdict verdict,
    Optional<Path> history,
    Optional<Judgement> judgement,
    Duration took,
    String remark) {

  private static final double MS = 1000.0;

  /** In a word. */
  public enum Verdict {
    /** Played to its end, and nothing is wrong. */
    SOUND,
    /** Something that was promised did not hold. */
    RED,
    /** Not played to its end: the cluster or a store did not come back. That is red, too. */
    BROKEN,
    /** This machine cannot do it: nothing is known. */
    SKIPPED
  }

  static Outcome skipped(Scenario scenario, long seed, String why) {
    return new Outcome(
        scenario, seed, Verdict.SKIPPED, Optional.empty(), Optional.empty(), Duration.ZERO, why);
  }

  static Outcome broken(Scenario scenario, long seed, Path history, Duration took, String why) {
    return new Outcome(
        scenario, seed, Verdict.BROKEN, Optional.of(history), Optional.empty(), took, why);
  }

  static Outcome judged(
      Scenario scenario, long seed, Path history, Duration took, Judgement judgement) {
    return new Outcome(
        scenario,
        seed,
        judgement.isSound() ? Verdict.SOUND : Verdict.RED,
        Optional.of(history),
        Optional.of(judgement),
        took,
        "");
  }

  /** For people, one line: what a run that is stopped before its report has still told of it. */
  String line() {
    return "%s, seed %d: %s%s"
        .formatted(
            scenario.word(),
            seed,
            verdict == Verdict.SOUND ? "sound" : verdict.name(),
            judgement.map(Judgement::figures).map(this::figures).orElse(""));
  }

  private String figures(Figures of) {
    return " (%d acks, %d faults, longest wait for an ack %s, %ds)"
        .formatted(of.acked(), of.faults(), seconds(of.longestGap()), took.toSeconds());
  }

  static String seconds(Duration some) {
    return String.format(Locale.ROOT, "%.1fs", some.toMillis() / MS);
  }
}

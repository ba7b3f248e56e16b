package chat.parley.torture.scenario;

import chat.parley.torture.check.Judgement;
import java.nio.file.Path;
import java.time.Duration;
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
}

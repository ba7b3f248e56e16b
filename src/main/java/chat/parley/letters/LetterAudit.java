package chat.parley.letters;

import chat.parley.kafka.LetterDecision;
import io.vertx.core.Future;

/** Hears of each decision about a letter, and of each that was tried. */
@FunctionalInterface
public interface LetterAudit {
  /**
   * Somebody decided about a letter.
   *
   * @param outcome {@code done}, or why not; never what a message says
   * @return completes when it is written down; that it fails changes nothing about the decision
   */
  Future<Void> decided(LetterDecision.Kind kind, String actor, Letter letter, String outcome);
}

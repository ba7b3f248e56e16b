package chat.parley.letters;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log {@code parley.audit} for each decision, and for each that was tried: who,
 * what and what came of it; never what a message says.
 */
final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("parley.audit");

  private Audit() {}

  static void log(String action, String actor, Letter letter, String outcome) {
    LOG.atInfo()
        .addKeyValue("actor", actor)
        .addKeyValue("letter", letter.id())
        .addKeyValue("group", letter.group())
        .addKeyValue("conversationId", letter.conversation())
        .addKeyValue(
            "changeSeq", letter.changeSeq().isPresent() ? letter.changeSeq().getAsLong() : "")
        .addKeyValue("outcome", outcome)
        .log("dead letter: {}", action);
  }
}

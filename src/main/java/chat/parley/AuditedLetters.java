package chat.parley;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.kafka.LetterDecision;
import chat.parley.letters.Letter;
import chat.parley.letters.LetterAudit;
import io.vertx.core.Future;

/** Writes decisions about dead letters into the audit log. */
record AuditedLetters(Audit audit) implements LetterAudit {
  @Override
  public Future<Void> decided(
      LetterDecision.Kind kind, String actor, Letter letter, String outcome) {
    AuditEvent event =
        AuditEvent.of(
                switch (kind) {
                  case REPLAYED -> AuditAction.DEAD_LETTER_REPLAYED;
                  case DISCARDED -> AuditAction.DEAD_LETTER_DISCARDED;
                },
                actor)
            .outcome(outcome)
            .with("letter", letter.id())
            .with("group", letter.group())
            .with("conversation", letter.conversation());
    return audit.record(
        letter.changeSeq().isPresent()
            ? event.with("changeSeq", String.valueOf(letter.changeSeq().getAsLong()))
            : event);
  }
}

package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was acked is in the log once, as acked; what was refused is not; and nothing else is there.
 * Of a send whose fate is unknown both are right.
 */
final class SendCheck implements Check {
  private final Evidence evidence;
  private final Violations violations;

  SendCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    if (event.op() == Op.SEND && event.phase() == Phase.OK) {
      Send.Ack first = evidence.sends().get(SendKey.of(event)).ack();
      if (first.changeSeq() != event.changeSeq() || first.seq() != event.seq()) {
        violations.add(
            Kind.RETRY_ANSWER,
            "%s was acked at %d (seq %d), then at %d (seq %d)",
            SendKey.of(event),
            first.changeSeq(),
            first.seq(),
            event.changeSeq(),
            event.seq());
      }
    }
  }

  @Override
  public void end() {
    if (!evidence.hasLog()) {
      return;
    }
    Map<SendKey, List<Long>> places = new HashMap<>();
    evidence
        .logs()
        .forEach(
            (conversation, log) ->
                log.entries()
                    .forEach(
                        (number, change) -> {
                          if (change.key() != null) {
                            places
                                .computeIfAbsent(change.key(), any -> new ArrayList<>(1))
                                .add(number);
                          }
                        }));
    places.forEach(this::stored);
    evidence.sends().forEach((key, send) -> sent(key, send, places.getOrDefault(key, List.of())));
  }

  private void stored(SendKey key, List<Long> numbers) {
    Send send = evidence.sends().get(key);
    for (long number : numbers) {
      String hash = evidence.log(key.conversation()).at(number).hash();
      if (send == null || !send.hasSent(hash)) {
        violations.add(
            Kind.CONTENT_NOT_SENT,
            "%d is %s, %s",
            number,
            key,
            send == null ? "which nobody sent" : "with a content that was not sent");
      } else if (send.wasRefused(hash)) {
        violations.add(Kind.REFUSED_YET_STORED, "%s is at %d", key, number);
      }
    }
    if (numbers.size() > 1) {
      boolean acked = send != null && send.isAcked();
      violations.add(
          acked ? Kind.ACKED_TWICE : Kind.CMID_AT_TWO_NUMBERS, "%s is at %s", key, numbers);
    }
  }

  private void sent(SendKey key, Send send, List<Long> numbers) {
    Send.Ack ack = send.ack();
    if (ack == null) {
      return;
    }
    if (numbers.isEmpty()) {
      violations.add(Kind.ACKED_LOST, "%s, acked at %d", key, ack.changeSeq());
      return;
    }
    Log.Entry entry = evidence.log(key.conversation()).at(numbers.get(0));
    if (!numbers.contains(ack.changeSeq()) || numbers.size() == 1 && entry.seq() != ack.seq()) {
      violations.add(
          Kind.ACKED_ELSEWHERE,
          "%s was acked at %d (seq %d) and is at %s (seq %d)",
          key,
          ack.changeSeq(),
          ack.seq(),
          numbers,
          entry.seq());
    }
    if (ack.hash() != null && !ack.hash().equals(entry.hash())) {
      violations.add(Kind.ACKED_OTHERWISE, "%s at %s", key, numbers);
    }
  }
}

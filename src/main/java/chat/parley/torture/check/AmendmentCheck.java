package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An edit, delete or reaction that was acked is in the log under the number that its ack said, and
 * this number is higher than what had been seen before it was asked for. What is there was asked
 * for, and alters something. Of one whose fate is unknown both are right.
 */
final class AmendmentCheck implements Check {
  private record Message(String conversation, long changeSeq) {}

  private final Evidence evidence;
  private final Violations violations;

  AmendmentCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    // The log and the acks are the sum of them.
  }

  @Override
  public void end() {
    if (!evidence.hasLog()) {
      return;
    }
    evidence.asks().values().stream().filter(Ask::isAcked).forEach(this::acked);
    Map<Message, List<Ask>> asks = new HashMap<>();
    evidence
        .asks()
        .values()
        .forEach(
            ask ->
                asks.computeIfAbsent(
                        new Message(ask.asked().conversation(), ask.asked().target()),
                        any -> new ArrayList<>(1))
                    .add(ask));
    evidence.logs().forEach((conversation, log) -> stored(conversation, log, asks));
  }

  private void acked(Ask ask) {
    Event asked = ask.asked();
    Log.Entry entry = evidence.log(asked.conversation()).at(ask.ackedAt());
    boolean there =
        entry != null && (ask.isWhat(entry) || ask.wasSoAlready() && madeItSo(ask, entry));
    if (!there) {
      violations.add(
          Kind.AMENDMENT_LOST,
          "%s of %d in %s by %s, acked at %d: there is %s",
          asked.note(),
          asked.target(),
          asked.conversation(),
          asked.process(),
          ask.ackedAt(),
          entry == null ? "nothing" : "a " + entry.type());
    }
    if (!ask.wasSoAlready() && ask.ackedAt() <= ask.seenBefore()) {
      violations.add(
          Kind.REAL_TIME,
          "%s of %d in %s was acked at %d, but asked for when %d had been seen",
          asked.note(),
          asked.target(),
          asked.conversation(),
          ask.ackedAt(),
          ask.seenBefore());
    }
  }

  /**
   * What was so already may be another's doing. And there need be no change that took a reaction
   * back that never was: then the ack has the number of the last change of the message.
   */
  private static boolean madeItSo(Ask ask, Log.Entry entry) {
    Event asked = ask.asked();
    boolean ofIt = entry.target() == asked.target() || ask.ackedAt() == asked.target();
    return ofIt && (asked.hash() == null || asked.hash().equals(entry.hash()));
  }

  private void stored(String conversation, Log log, Map<Message, List<Ask>> asks) {
    States states = evidence.states(conversation);
    states.vain().forEach(one -> violations.add(Kind.AMENDED_IN_VAIN, "%s: %s", conversation, one));
    states.wrong().forEach(one -> violations.add(Kind.WRONG_STATE, "%s: %s", conversation, one));
    log.entries()
        .forEach(
            (number, entry) -> {
              if (entry.amends()) {
                List<Ask> of =
                    asks.getOrDefault(new Message(conversation, entry.target()), List.of());
                List<Ask> same = of.stream().filter(ask -> ask.isWhat(entry)).toList();
                if (same.isEmpty()) {
                  violations.add(
                      Kind.CONTENT_NOT_SENT,
                      "%d of %s is a %s of %d, which nobody asked for",
                      number,
                      conversation,
                      entry.type(),
                      entry.target());
                } else if (same.stream().allMatch(Ask::isRefused)) {
                  violations.add(
                      Kind.REFUSED_YET_STORED,
                      "%d of %s is a %s of %d",
                      number,
                      conversation,
                      entry.type(),
                      entry.target());
                }
              }
            });
  }
}

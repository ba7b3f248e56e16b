package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The stream has every change of the log at least once, and each of its topics for the first time
 * in the log's order: a conversation that becomes large goes on in another topic, and two topics
 * have no order between them. That it has nothing else is the content check's.
 */
final class StreamCheck implements Check {
  /** Of one conversation in one topic. */
  private record Place(String conversation, String topic) {}

  private static final class Published {
    private final BitSet numbers = new BitSet();
    private long highest;
  }

  private final Evidence evidence;
  private final Violations violations;
  private final Map<Place, Published> byPlace = new HashMap<>();
  private final Map<String, BitSet> byConversation = new HashMap<>();

  StreamCheck(Evidence evidence, Violations violations) {
    this.evidence = evidence;
    this.violations = violations;
  }

  @Override
  public void event(Event event) {
    if (event.op() != Op.PUBLISHED || !Numbers.isSane(event.changeSeq())) {
      return;
    }
    Published published =
        byPlace.computeIfAbsent(
            new Place(event.conversation(), event.process()), any -> new Published());
    int number = (int) event.changeSeq();
    if (number < published.highest && !published.numbers.get(number)) {
      violations.add(
          Kind.PUBLISHED_ORDER,
          "%s: %d comes for the first time after %d",
          event.conversation(),
          number,
          published.highest);
    }
    published.numbers.set(number);
    published.highest = Math.max(published.highest, number);
    byConversation.computeIfAbsent(event.conversation(), any -> new BitSet()).set(number);
  }

  @Override
  public void end() {
    if (!evidence.hasReading("stream")) {
      return;
    }
    evidence
        .logs()
        .forEach(
            (conversation, log) -> {
              BitSet lacking = new BitSet();
              log.entries().keySet().stream()
                  .filter(number -> Numbers.isSane(number))
                  .filter(number -> number <= evidence.settledHead(conversation))
                  .forEach(number -> lacking.set(number.intValue()));
              lacking.andNot(byConversation.getOrDefault(conversation, new BitSet()));
              if (!lacking.isEmpty()) {
                violations.add(Kind.NOT_PUBLISHED, "%s: %s", conversation, Ranges.of(lacking));
              }
            });
  }
}

package chat.parley.letters;

import chat.parley.kafka.LetterDecision;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What an operator sees of dead letters, by group. Every node that looks says the same, whoever
 * decided and where.
 */
final class LetterMeters {
  private final MeterRegistry meters;
  private final Map<String, AtomicLong> open = new HashMap<>();
  private final Map<LetterDecision.Kind, Map<String, Long>> decided =
      new EnumMap<>(LetterDecision.Kind.class);

  LetterMeters(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Shows what the book says now. Decisions that were there at the first look are not counted. */
  void show(LetterBook book) {
    Map<String, Long> now = book.openByGroup();
    now.keySet().forEach(group -> open.computeIfAbsent(group, this::gauge));
    open.forEach((group, gauge) -> gauge.set(now.getOrDefault(group, 0L)));
    for (LetterDecision.Kind kind : LetterDecision.Kind.values()) {
      count(kind, book.decidedByGroup(kind));
    }
  }

  private void count(LetterDecision.Kind kind, Map<String, Long> now) {
    Map<String, Long> before = decided.put(kind, now);
    if (before != null) {
      now.forEach(
          (group, total) -> {
            long more = total - before.getOrDefault(group, 0L);
            counter(kind, group).increment(Math.max(0, more)); // fewer: their letters have expired
          });
    }
  }

  private AtomicLong gauge(String group) {
    AtomicLong letters = new AtomicLong();
    Gauge.builder("parley.dead.letters.open", letters, AtomicLong::doubleValue)
        .description("Dead letters about which nobody has decided")
        .tag("group", group)
        .register(meters);
    return letters;
  }

  private Counter counter(LetterDecision.Kind kind, String group) {
    return Counter.builder("parley.dead.letters." + kind.word())
        .description("Dead letters that somebody has " + kind.word())
        .tag("group", group)
        .register(meters);
  }
}

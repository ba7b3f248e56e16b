package chat.parley.torture.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Gathers violations: all are counted, the first of each kind are kept. */
final class Violations {
  private static final int KEPT = 20;

  private static final class Found {
    private final List<String> examples = new ArrayList<>();
    private long count;
  }

  private final Map<Kind, Found> byKind = new EnumMap<>(Kind.class);

  /**
   * {@code words} is a format of {@link String#format}, so that only what is kept is put in words.
   */
  void add(Kind kind, String words, Object... values) {
    Found found = byKind.computeIfAbsent(kind, any -> new Found());
    found.count++;
    if (found.examples.size() < KEPT) {
      found.examples.add(String.format(Locale.ROOT, words, values));
    }
  }

  List<Violation> all() {
    return byKind.entrySet().stream()
        .map(
            entry ->
                new Violation(entry.getKey(), entry.getValue().count, entry.getValue().examples))
        .toList();
  }
}

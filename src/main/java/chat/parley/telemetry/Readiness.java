package chat.parley.telemetry;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * Whether the node can serve, and if not what it waits for, in words for an operator. Conditions
 * are asked at each look, on whatever thread looks: they must be cheap and never block.
 */
public final class Readiness {
  private final Map<String, Supplier<Optional<String>>> conditions = new ConcurrentSkipListMap<>();

  /** Watches a condition; empty means that it holds. One of the same name is replaced. */
  public void watch(String name, Supplier<Optional<String>> missing) {
    conditions.put(name, missing);
  }

  /** The node waits for this until {@link #arrived}. */
  public void waitFor(String name, String words) {
    watch(name, () -> Optional.of(words));
  }

  /** The node no longer waits for this. */
  public void arrived(String name) {
    conditions.remove(name);
  }

  /** Everything that is missing; empty when the node can serve. */
  public List<String> waitingFor() {
    return conditions.values().stream().flatMap(missing -> missing.get().stream()).toList();
  }
}

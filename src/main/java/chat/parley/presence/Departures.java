package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.model.UserId;
import chat.parley.turns.FewAtOnce;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Stores when users were last seen, a few at a time: when a node with thousands of them ends, the
 * store has better things to do. What is too much, or fails, is dropped; it costs the user's last
 * seen. Belongs to one event loop.
 */
final class Departures {
  private static final int AT_ONCE = 8;
  private static final int MAX_WAITING = 50_000;

  private final PresenceRecords records;
  private final Map<UserId, Long> waiting = new LinkedHashMap<>();
  private final FewAtOnce writes = new FewAtOnce(AT_ONCE, this::writeFirst);

  Departures(PresenceRecords records) {
    this.records = records;
  }

  void add(Collection<Departure> departures) {
    for (Departure departure : departures) {
      if (waiting.size() < MAX_WAITING || waiting.containsKey(departure.userId())) {
        waiting.merge(departure.userId(), departure.at(), Math::max);
      }
    }
    writes.go();
  }

  private Optional<Future<?>> writeFirst() {
    Iterator<Map.Entry<UserId, Long>> first = waiting.entrySet().iterator();
    if (!first.hasNext()) {
      return Optional.empty();
    }
    Map.Entry<UserId, Long> departure = first.next();
    first.remove();
    return Optional.of(records.seen(departure.getKey(), departure.getValue()));
  }
}

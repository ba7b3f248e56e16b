package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Departure;
import chat.parley.model.UserId;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

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
  private int writing;

  Departures(PresenceRecords records) {
    this.records = records;
  }

  void add(Collection<Departure> departures) {
    for (Departure departure : departures) {
      if (waiting.size() < MAX_WAITING || waiting.containsKey(departure.userId())) {
        waiting.merge(departure.userId(), departure.at(), Math::max);
      }
    }
    write();
  }

  private void write() {
    Iterator<Map.Entry<UserId, Long>> next = waiting.entrySet().iterator();
    while (writing < AT_ONCE && next.hasNext()) {
      Map.Entry<UserId, Long> departure = next.next();
      next.remove();
      writing++;
      records
          .seen(departure.getKey(), departure.getValue())
          .onComplete(
              done -> {
                writing--;
                write();
              });
    }
  }
}

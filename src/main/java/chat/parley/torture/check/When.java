package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import java.util.Locale;

/** Points of a run's time as people read them. */
final class When {
  private When() {}

  /** Seconds since the beginning. */
  static String of(Event event) {
    return String.format(Locale.ROOT, "%.3f s", event.nanos() / 1e9);
  }
}

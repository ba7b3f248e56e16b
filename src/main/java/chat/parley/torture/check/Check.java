package chat.parley.torture.check;

import chat.parley.torture.history.Event;

/** Looks at one promise. Is shown all events in their order, then told that there are no more. */
interface Check {
  void event(Event event);

  void end();
}

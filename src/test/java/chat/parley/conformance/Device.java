package chat.parley.conformance;

import java.util.List;

/**
 * A client under test, at the other end of a {@link ScenarioServer}; called from the test's thread.
 */
public interface Device {
  /** Connects with session {@code u1}, {@code d1}; returns when it has caught up. */
  void connect();

  /** Sends a message to the conversation, and waits for nothing. */
  void send(String text);

  /** The changeSeqs that it has shown, in the order in which it did. */
  List<Long> shown();

  /** How many of its sends have been confirmed. */
  int acked();

  /** Whether it has given up for good. */
  boolean ended();
}

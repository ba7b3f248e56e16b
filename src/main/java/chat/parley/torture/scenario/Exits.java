package chat.parley.torture.scenario;

import chat.parley.devcluster.NodeExit;
import chat.parley.embedded.ChildExit;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.util.List;

/**
 * Writes down which nodes and stores end by themselves, into the history of what is played at that
 * time: whatever starts them again, the judge is to know. Safe from any thread; once {@link #close}
 * has returned nothing more is written.
 */
final class Exits {
  private static final String CUT_OFF = "cut-off";

  private History history;

  /** From now on it is written there. */
  synchronized void writeTo(History current) {
    history = current;
  }

  /** From now on it is written nowhere. */
  synchronized void close() {
    history = null;
  }

  /** A node has ended that was not told to. */
  void ended(NodeExit exit) {
    String how = exit.stops().isEmpty() ? said(exit.lastLines()) : exit.stops();
    write(exit.name(), exit.code(), how, exit.stops().isEmpty() ? null : CUT_OFF);
  }

  /** A store has ended that was not told to. */
  void ended(ChildExit exit) {
    write(exit.name(), exit.code(), said(exit.lastLines()), null);
  }

  private static String said(List<String> lines) {
    return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
  }

  private synchronized void write(String name, int code, String how, String source) {
    if (history != null) {
      history.add(
          Event.of(name, Op.EXIT, Phase.INFO)
              .noting("ended by itself, code " + code + ": " + how)
              .from(source));
    }
  }
}

package chat.parley.devcluster;

import java.util.List;

/**
 * A node's process ended though the cluster was not asked to end it.
 *
 * @param name such as {@code n2}
 * @param pid its process id
 * @param code its exit code; 128 + n when signal n ended it
 * @param lastLines what it said last, oldest first
 * @param stops why it ended itself, as it said: it was cut off from the others, and its supervisor
 *     is to start it anew; empty where it said nothing of the kind
 */
public record NodeExit(String name, long pid, int code, List<String> lastLines, String stops) {
  private static final int SIGNALLED = 128;

  public NodeExit {
    lastLines = List.copyOf(lastLines);
  }

  /** One text for a person, the last lines included where it ended by itself. */
  public String message() {
    String head = name + " (process " + pid + ") ended by itself with code " + code;
    if (code > SIGNALLED) {
      return head + ": signal " + (code - SIGNALLED) + " from elsewhere.";
    }
    return lastLines.isEmpty()
        ? head + "."
        : head + ". Its last lines:\n  " + String.join("\n  ", lastLines);
  }
}

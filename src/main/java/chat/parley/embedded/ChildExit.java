package chat.parley.embedded;

import java.util.List;

/**
 * A store's process ended though nobody asked it to.
 *
 * @param name {@code Cassandra} or {@code Kafka}
 * @param pid its process id
 * @param code its exit code; 128 + n when signal n ended it
 * @param lastLines the end of its log and of what it printed, oldest first
 */
public record ChildExit(String name, long pid, int code, List<String> lastLines) {
  public ChildExit {
    lastLines = List.copyOf(lastLines);
  }

  /** One text for the operator, the last lines included. */
  public String message() {
    String head = name + " (process " + pid + ") ended by itself with code " + code + ".";
    return lastLines.isEmpty()
        ? head
        : head + " Its last lines:\n  " + String.join("\n  ", lastLines);
  }
}

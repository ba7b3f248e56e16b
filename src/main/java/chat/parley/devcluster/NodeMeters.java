package chat.parley.devcluster;

import java.io.IOException;
import java.util.List;

/** What a node's meters said at one moment. */
public record NodeMeters(List<String> lines) {
  /** Of a node that answers, else nothing. */
  public static NodeMeters of(DevNode node) {
    if (!node.isAlive() || node.isPaused()) {
      return new NodeMeters(List.of());
    }
    try {
      return new NodeMeters(node.metrics().lines().toList());
    } catch (IOException noAnswer) {
      return new NodeMeters(List.of());
    }
  }

  /** The sum of a meter's series, those with this label if one is named ({@code outcome="ok"}). */
  public long sum(String name, String label) {
    return Math.round(
        lines.stream()
            .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
            .filter(line -> line.contains(label))
            .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
            .sum());
  }

  /** The sum of all series of a meter, rounded; 0 where it has none. */
  public long sum(String name) {
    return sum(name, "");
  }
}

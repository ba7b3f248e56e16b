package chat.parley.devcluster;

import java.io.IOException;
import java.util.List;
import java.util.stream.DoubleStream;

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
    return Math.round(values(name, label).sum());
  }

  private DoubleStream values(String name, String label) {
    return lines.stream()
        .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
        .filter(line -> line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
  }

  /** Whether a series of the meter says that it is not known, which is a number below 0. */
  public boolean isUnknown(String name) {
    return values(name, "").anyMatch(value -> value < 0);
  }

  /** The sum of all series of a meter, rounded; 0 where it has none. */
  public long sum(String name) {
    return sum(name, "");
  }
}

package chat.parley.testing;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What {@code /metrics} said at one moment: values by series, as Prometheus writes them. */
public record Metrics(Map<String, Double> series) {
  private static final Pattern LINE = Pattern.compile("([^#\\s{][^\\s{]*(?:\\{.*})?) (\\S+)");

  /** Reads the text that {@code /metrics} answered. */
  public static Metrics parse(String text) {
    Map<String, Double> series = new TreeMap<>();
    text.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .forEach(line -> series.put(line.group(1), Double.valueOf(line.group(2))));
    return new Metrics(Map.copyOf(series));
  }

  /** The sum of all series of this name. */
  public long sum(String name) {
    return Math.round(
        series.entrySet().stream()
            .filter(entry -> entry.getKey().equals(name) || entry.getKey().startsWith(name + "{"))
            .mapToDouble(Map.Entry::getValue)
            .sum());
  }

  /** The sums of this name's series by the value of one label. */
  public Map<String, Long> by(String name, String label) {
    Pattern labelled = Pattern.compile(name + "\\{(?:.*,)?" + label + "=\"([^\"]*)\".*}");
    Map<String, Long> sums = new TreeMap<>();
    series.forEach(
        (key, value) -> {
          Matcher matcher = labelled.matcher(key);
          if (matcher.matches()) {
            sums.merge(matcher.group(1), Math.round(value), Long::sum);
          }
        });
    return sums;
  }

  /** {@link #by} less what it was before; what has not grown is left out. */
  public Map<String, Long> grownSince(Metrics before, String name, String label) {
    Map<String, Long> grown = new TreeMap<>(by(name, label));
    before.by(name, label).forEach((key, value) -> grown.merge(key, -value, Long::sum));
    grown.values().removeIf(value -> value == 0);
    return grown;
  }
}

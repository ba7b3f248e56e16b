package chat.parley.perf;

import chat.parley.perf.Processes.Part;
import chat.parley.perf.Processes.Times;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures of all rates as Markdown: a row a rate in each of the tables. */
final class Report {
  /**
   * One measured stretch.
   *
   * @param before processor times at its begin
   * @param after and at its end
   */
  record Cost(Times before, Times after, long units) {
    String perUnit(Part... parts) {
      double millis = 0;
      for (Part part : parts) {
        long used = after.since(before, part);
        if (used < 0) {
          return "?";
        }
        millis += used;
      }
      return String.format(Locale.ROOT, "%.2f", millis / Math.max(1, units));
    }

    String busy() {
      return String.format(Locale.ROOT, "%.0f %%", 100 * after.busySince(before));
    }
  }

  private final List<String> chat = new ArrayList<>();
  private final List<String> floor = new ArrayList<>();
  private final List<String> counts = new ArrayList<>();

  void chat(int rate, ChatLoad.Result result, Cost cost, String perMessage) {
    chat.add(
        row(
            rate + "/s",
            result.sent(),
            result.acked(),
            result.delivered(),
            result.lost(),
            result.failed(),
            result.ack(),
            result.delivery(),
            cost.perUnit(Part.SERVER),
            cost.perUnit(Part.CASSANDRA),
            cost.perUnit(Part.KAFKA),
            "**" + cost.perUnit(Part.SERVER, Part.CASSANDRA, Part.KAFKA) + "**",
            cost.perUnit(Part.GENERATOR),
            cost.busy()));
    counts.add("- " + rate + "/s, a message: " + perMessage);
  }

  void floor(int rate, FloorLoad.Result result, Cost cost) {
    floor.add(
        row(
            rate + "/s",
            result.inserted(),
            result.failed(),
            result.latency(),
            cost.perUnit(Part.CASSANDRA),
            cost.perUnit(Part.GENERATOR),
            cost.busy()));
  }

  /** What the processes use with all devices connected and nothing sent. */
  static String idle(Times before, Times after, int seconds) {
    StringBuilder line = new StringBuilder("Idle, all devices connected, CPU ms a second:");
    for (Part part : Part.values()) {
      line.append(' ').append(part.name().toLowerCase(Locale.ROOT)).append(' ');
      line.append(new Cost(before, after, seconds).perUnit(part));
    }
    return line.toString();
  }

  void print(PrintStream out) {
    out.println();
    out.println(
        "| 1:1 messages | sent | acked | delivered | lost | failed | send→ack p50 / p95 / p99 / max ms |"
            + " send→delivered p50 / p95 / p99 / max ms | CPU ms a message: server | Cassandra | Kafka |"
            + " **all-in** | generator | machine busy |");
    out.println("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
    chat.forEach(out::println);
    if (!floor.isEmpty()) {
      out.println();
      out.println(
          "| bare driver inserts | inserted | failed | p50 / p95 / p99 / max ms |"
              + " CPU ms an insert: Cassandra | generator with driver | machine busy |");
      out.println("|---|---|---|---|---|---|---|");
      floor.forEach(out::println);
    }
    out.println();
    counts.forEach(out::println);
  }

  private static String row(Object... cells) {
    StringBuilder row = new StringBuilder("|");
    for (Object cell : cells) {
      row.append(' ').append(cell).append(" |");
    }
    return row.toString();
  }
}

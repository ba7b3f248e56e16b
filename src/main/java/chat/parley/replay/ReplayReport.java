package chat.parley.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of a replay.
 *
 * @param users how many users spoke
 * @param refused messages that the server refused for good
 * @param unanswered messages that had no answer when patience ended
 * @param delivered live receipts of messages by devices other than the sender's
 * @param synced receipts of such messages by a sync, after a reconnect or for a hole
 * @param repeated receipts of what the device had already: allowed, and dropped
 * @param failedCalls joins, leaves and renames that did not go through
 * @param cut messages shortened to the server's longest text
 */
public record ReplayReport(
    String conversationId,
    int users,
    long sent,
    long acked,
    long refused,
    long unanswered,
    long delivered,
    long synced,
    long repeated,
    long resent,
    long reconnects,
    long failedCalls,
    String firstFailure,
    int cut,
    long durationMs,
    Latency toAck,
    Latency toDelivered,
    long lost,
    long doubled,
    long outOfOrder,
    long contradictions,
    long holes,
    long leaked,
    List<String> examples) {

  /** Takes a copy of the examples. */
  public ReplayReport {
    examples = List.copyOf(examples);
  }

  static ReplayReport of(
      String conversationId,
      ReplayPlan plan,
      Counters counters,
      Timings timings,
      Findings found,
      long durationMs) {
    return new ReplayReport(
        conversationId,
        plan.speakers().size(),
        counters.sent,
        counters.acked,
        counters.refused,
        plan.messages() - counters.acked - counters.refused,
        counters.delivered,
        counters.synced,
        counters.repeated,
        counters.resent,
        counters.reconnects,
        counters.failedCalls,
        counters.firstFailure,
        plan.cut(),
        durationMs,
        timings.toAck(),
        timings.toDelivered(),
        found.lostMessages() + found.lostDeliveries(),
        found.doubled(),
        found.outOfOrder(),
        found.contradictions(),
        found.holes(),
        found.leaked(),
        found.examples());
  }

  /** Whether every promise was kept. */
  public boolean kept() {
    return lost + doubled + outOfOrder + contradictions + holes + leaked == 0;
  }

  /** Whether everything in the log was played: nothing refused, unanswered or left out. */
  public boolean complete() {
    return refused + unanswered + failedCalls == 0;
  }

  /** 0 where every promise was kept and everything was played, else 1. */
  public int exitCode() {
    return kept() && complete() ? 0 : 1;
  }

  /** The report for people. */
  public String table() {
    List<String> lines = new ArrayList<>();
    lines.add(row("users", users));
    lines.add(row("sent", sent));
    lines.add(row("acked", acked));
    lines.add(row("delivered", delivered));
    lines.add(row("synced", synced));
    lines.add(row("lost", lost));
    lines.add(row("doubled", doubled));
    lines.add(row("out of order", outOfOrder));
    lines.add(row("contradictions", contradictions));
    lines.add(row("holes", holes));
    lines.add(row("after leave", leaked));
    lines.add(row("refused", refused));
    lines.add(row("unanswered", unanswered));
    lines.add(row("failed calls", failedCalls));
    lines.add(row("resent", resent));
    lines.add(row("repeated", repeated));
    lines.add(row("reconnects", reconnects));
    lines.add(row("cut", cut));
    lines.add(String.format(Locale.ROOT, "%-18s%12.1f s", "duration", durationMs / 1000.0));
    lines.add("");
    lines.add(
        String.format(Locale.ROOT, "%-18s%10s%10s%10s%10s", "ms", "p50", "p95", "p99", "max"));
    lines.add(row("send→ack", toAck));
    lines.add(row("send→delivered", toDelivered));
    if (firstFailure != null) {
      lines.add("");
      lines.add("first failure: " + firstFailure);
    }
    if (!examples.isEmpty()) {
      lines.add("");
      lines.addAll(examples);
    }
    lines.add("");
    lines.add(
        exitCode() == 0
            ? "every promise kept"
            : kept() ? "not everything was played" : "PROMISES BROKEN");
    return String.join(System.lineSeparator(), lines);
  }

  private static String row(String name, long value) {
    return String.format(Locale.ROOT, "%-18s%,12d", name, value);
  }

  private static String row(String name, Latency latency) {
    return String.format(
        Locale.ROOT,
        "%-18s%10.1f%10.1f%10.1f%10.1f",
        name,
        latency.p50(),
        latency.p95(),
        latency.p99(),
        latency.max());
  }
}

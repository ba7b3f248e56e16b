package chat.parley.replay;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows a run's progress: a bar that redraws itself on a terminal, else a plain line every five
 * seconds.
 */
final class ConsoleProgress implements ReplayListener {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long printedAt;
  private boolean printed;
  private String phase = "";
  private long acked;

  ConsoleProgress(PrintWriter out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public void acked(long count) {
    acked = count;
  }

  @Override
  public void progress(String current, long done, long total) {
    boolean changed = !current.equals(phase);
    if (changed && terminal && printed) {
      out.println();
    }
    phase = current;
    long now = nanos.getAsLong();
    if (changed || done == total || now - printedAt >= (terminal ? REDRAW_NANOS : LINE_NANOS)) {
      printedAt = now;
      printed = true;
      out.print(terminal ? bar(done, total) : line(done, total));
      out.flush();
    }
  }

  /** Ends a bar's line, so that what follows starts on its own. */
  void end() {
    if (terminal && printed) {
      out.println();
      out.flush();
    }
  }

  private String bar(long done, long total) {
    int full = total == 0 ? WIDTH : (int) (done * WIDTH / total);
    return "\r"
        + label()
        + "["
        + "#".repeat(full)
        + "-".repeat(WIDTH - full)
        + "] "
        + counts(done, total)
        + "   ";
  }

  private String line(long done, long total) {
    return label() + counts(done, total) + System.lineSeparator();
  }

  private String label() {
    return String.format(Locale.ROOT, "%-10s", phase);
  }

  private String counts(long done, long total) {
    return done + "/" + total + (acked > 0 ? ", " + acked + " acked" : "");
  }
}

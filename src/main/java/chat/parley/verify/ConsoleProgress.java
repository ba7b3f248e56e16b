package chat.parley.verify;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Shows a verification's progress: a bar that redraws itself on a terminal, else a plain line when
 * a phase begins and every five seconds.
 */
public final class ConsoleProgress implements VerifyProgress {
  private static final int WIDTH = 30;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final long LINE_NANOS = 5_000_000_000L;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanos;
  private long printedAt;
  private String phase = "";

  /** {@code terminal}: whether a line can be drawn over. */
  public ConsoleProgress(PrintWriter out, boolean terminal, LongSupplier nanos) {
    this.out = out;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public void at(String current, double share, String seen) {
    boolean changed = !current.equals(phase);
    if (changed) {
      end();
      phase = current;
    }
    long now = nanos.getAsLong();
    if (changed || share >= 1 || now - printedAt >= (terminal ? REDRAW_NANOS : LINE_NANOS)) {
      printedAt = now;
      out.print(terminal ? "\r" + bar(share, seen) + "   " : line(share, seen));
      out.flush();
    }
  }

  /** Ends a bar's line, so that what follows starts on its own. */
  public void end() {
    if (terminal && !phase.isEmpty()) {
      out.println();
      out.flush();
    }
  }

  private String bar(double share, String seen) {
    int full = (int) (WIDTH * Math.max(0, Math.min(1, share)));
    return String.format(
        Locale.ROOT,
        "%-14s[%s%s] %3d %%  %s",
        phase,
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        percent(share),
        seen);
  }

  private String line(double share, String seen) {
    return String.format(Locale.ROOT, "%-14s%3d %%  %s%n", phase, percent(share), seen);
  }

  private static int percent(double share) {
    return (int) (100 * Math.max(0, Math.min(1, share)));
  }
}

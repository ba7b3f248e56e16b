package chat.parley.overload;

import java.util.function.DoubleSupplier;

/**
 * One thing by which a node knows that it has too much to do.
 *
 * @param name in metrics
 * @param value as it is now, in whatever unit; cheap, and read on any thread
 * @param begins the value at which the first work is given up
 * @param full the value at which all of it is
 * @param last what this signal alone never goes beyond
 */
public record Signal(String name, DoubleSupplier value, double begins, double full, Work last) {
  /** Where the first work is given up, on a scale on which 1 is full. */
  static final double FIRST = 0.5;

  private static final double STEP = (1 - FIRST) / (Work.values().length - 1);
  private static final double ROUNDING = 1e-9;

  /** A signal; {@code full} must be above {@code begins}, and that above 0. */
  public Signal {
    if (begins <= 0 || full <= begins) {
      throw new IllegalArgumentException(name + ": from " + begins + " to " + full);
    }
  }

  /** How full it is: 0 for idle, 1 for all that the node can bear; it may be more. */
  double pressure() {
    double now = value.getAsDouble();
    return now < begins
        ? FIRST * now / begins
        : FIRST + (1 - FIRST) * (now - begins) / (full - begins);
  }

  /** The level that it asks for, were it fuller by {@code slack}. */
  int level(double slack) {
    double above = pressure() + slack - FIRST;
    int level = above + ROUNDING < 0 ? 0 : 1 + (int) ((above + ROUNDING) / STEP);
    return Math.min(level, last.level());
  }
}

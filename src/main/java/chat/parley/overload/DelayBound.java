package chat.parley.overload;

/**
 * How many sends may be under way at once, found by how long they take: no number is right for
 * every machine, but a time is. Where half of the sends take longer than the target the bound is
 * cut, by as much as they are over it and at most by half; else it grows where it is used, fast
 * while they take less than half of the target. (The window of Swift, Kumar et al., SIGCOMM 2020,
 * with growth by a factor in place of slow start.) It is the median that counts: when a third of
 * the shards has lost its owner, or one conversation is too busy, the others need not wait for it.
 * Not thread-safe.
 */
final class DelayBound {
  /**
   * This much is always taken: where sends are slow whatever is under way, as on a machine that is
   * busy otherwise, fewer at once would only be fewer.
   */
  private static final double SHARE_AT_LEAST = 1 / 8.0;

  private static final double SHARE_THAT_IS_USUAL = 1 / 4.0;
  private static final double CUT_PER_EXCESS = 0.8;
  private static final double DEEPEST_CUT = 0.5;
  private static final double FAST_GROWTH = 1.5;
  private static final double SLOW_STEP = 1 / 16.0;
  private static final double USED = 0.8;
  private static final double HARDLY_USED = 0.5;

  private final double least;
  private final double usual;
  private final double most;
  private final double targetMs;
  private double bound;

  /** Begins at a quarter of {@code most}; is never more than that, nor less than an eighth. */
  DelayBound(int most, long targetMs) {
    this.least = Math.max(1, most * SHARE_AT_LEAST);
    this.usual = Math.max(least, most * SHARE_THAT_IS_USUAL);
    this.most = most;
    this.targetMs = targetMs;
    this.bound = usual;
  }

  int bound() {
    return (int) bound;
  }

  /**
   * Looks at the sends of a while that have begun since the last cut.
   *
   * @param medianMs how long half of them took at least
   * @param peak how many were under way at once at most
   * @return whether the bound was cut, so that those under way say nothing about the new one
   */
  boolean look(double medianMs, int peak) {
    if (medianMs > targetMs) {
      double excess = (medianMs - targetMs) / medianMs;
      bound = Math.max(least, bound * Math.max(DEEPEST_CUT, 1 - CUT_PER_EXCESS * excess));
      return true;
    }
    if (peak >= bound * USED || bound < usual) {
      boolean fast = medianMs < targetMs / 2;
      bound = Math.min(most, fast ? bound * FAST_GROWTH : bound + Math.max(1, bound * SLOW_STEP));
    } else if (peak < bound * HARDLY_USED) {
      // What was borne once need not be borne the next time.
      bound = Math.max(usual, bound - bound * SLOW_STEP);
    }
    return false;
  }
}

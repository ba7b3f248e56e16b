package chat.parley.overload;

/**
 * The level that a node is at, with hysteresis: up by one step at a look, so that a short burst
 * costs little; down by one step after a second in which the pressure was clearly below it, so that
 * it does not swing. Not thread-safe.
 */
final class Ladder {
  /** How much the pressure must be below a level for it to be left. */
  static final double SLACK = 0.1;

  private static final long CALM_MS = 1_000;
  private static final long NOT_CALM = -1;

  private int level;
  private long calmSinceMs = NOT_CALM;

  /** The level after a look at this time, by a clock that never goes back. */
  int look(int wanted, int wantedWithSlack, long nowMs) {
    if (wanted > level) {
      level++;
      calmSinceMs = NOT_CALM;
    } else if (wantedWithSlack >= level) {
      calmSinceMs = NOT_CALM;
    } else if (calmSinceMs == NOT_CALM) {
      calmSinceMs = nowMs;
    } else if (nowMs - calmSinceMs >= CALM_MS) {
      level--;
      calmSinceMs = nowMs;
    }
    return level;
  }

  /** At least this level from now on, without waiting for looks. */
  int raise(int least) {
    if (least > level) {
      level = least;
      calmSinceMs = NOT_CALM;
    }
    return level;
  }
}

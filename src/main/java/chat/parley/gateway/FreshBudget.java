package chat.parley.gateway;

/**
 * How many users that it did not watch a socket may begin to watch: two full lists at once, and ten
 * users a second on the long run. Each costs the cluster an entry for a minute, whether there is
 * such a user or not, so it is the strangers' number that is bounded, and not how often a client
 * changes its list. A token bucket.
 */
final class FreshBudget {
  static final int MOST = 2 * FrameCodec.MAX_WATCHED;
  static final int PER_SECOND = 10;

  private double left = MOST;
  private long at;

  FreshBudget(long now) {
    at = now;
  }

  /**
   * Takes so many; answers 0, or, where there are not enough left, after how long there will be.
   */
  long take(int users, long now) {
    left = Math.min(MOST, left + (now - at) * PER_SECOND / 1_000.0);
    at = now;
    if (left >= users) {
      left -= users;
      return 0;
    }
    return (long) Math.ceil((users - left) * 1_000 / PER_SECOND);
  }
}

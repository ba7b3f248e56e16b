package chat.parley.gateway;

/**
 * How much one connection may hold back, over all its conversations. What no longer fits is not
 * kept: it is in the log, and is asked from there.
 */
final class HeldBytes {
  private final int max;
  private int used;

  HeldBytes(int max) {
    this.max = max;
  }

  boolean take(int bytes) {
    if (used + bytes > max) {
      return false;
    }
    used += bytes;
    return true;
  }

  void giveBack(int bytes) {
    used -= bytes;
  }

  int used() {
    return used;
  }
}

package chat.parley.torture.load;

/**
 * What a burst came to.
 *
 * @param sends messages that were sent
 * @param removals that were answered
 */
public record BurstCount(long sends, long removals) {
  static final BurstCount NONE = new BurstCount(0, 0);

  BurstCount sent() {
    return new BurstCount(sends + 1, removals);
  }

  BurstCount removed() {
    return new BurstCount(sends, removals + 1);
  }
}

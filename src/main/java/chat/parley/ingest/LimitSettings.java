package chat.parley.ingest;

/**
 * Bounds of what a conversation may grow to.
 *
 * @param maxMembers nobody comes into a conversation that has so many
 */
public record LimitSettings(int maxMembers) {
  /** What the design is measured with, and room. */
  public static LimitSettings defaults() {
    return new LimitSettings(100_000);
  }
}

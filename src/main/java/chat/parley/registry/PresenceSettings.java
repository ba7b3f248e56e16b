package chat.parley.registry;

/**
 * How presence and typing are kept. The same on all nodes.
 *
 * @param beatMs how often a node says again who is there, and whom it watches
 * @param goneMs what nobody has said again in so long is over; also how long a device may be silent
 *     and still count as there
 * @param gatherMs a device that comes or goes is told after so long, and not at all where it is
 *     back by then
 * @param maxWatches how many users all sockets of a node may watch, each socket's counted
 * @param sampleMs how often some watched users are compared with the devices that there are
 * @param typingUpTo members of a conversation up to which it is told that somebody types
 */
public record PresenceSettings(
    long beatMs, long goneMs, long gatherMs, int maxWatches, long sampleMs, int typingUpTo) {
  /** What holds where the operator says nothing. */
  public static PresenceSettings defaults() {
    return new PresenceSettings(30_000, 60_000, 1_000, 500_000, 5_000, 100);
  }
}

package chat.parley.gateway;

/**
 * The one door through which every typing and presence frame goes, from clients and to them. It is
 * shut where the node has too much to do, and for a client that does not read fast enough: soft
 * state is the first to go, and must not be what a slow reader is cut off for.
 */
final class SoftDoor {
  /** What goes through it. */
  enum Kind {
    TYPING,
    PRESENCE
  }

  private final SoftLoad load;
  private final int roomBytes;
  private final LiveMeters meters;

  /** {@code maxOutboundBytes} is where a slow reader is cut off. */
  SoftDoor(SoftLoad load, int maxOutboundBytes, LiveMeters meters) {
    this.load = load;
    this.roomBytes = maxOutboundBytes / 8;
    this.meters = meters;
  }

  /** Whether the node bears this now; what is turned away counts as shed. */
  boolean isOpen(Kind kind) {
    boolean shut = kind == Kind.TYPING ? load.shedsTyping() : load.shedsPresence();
    if (shut) {
      meters.shed(kind, LiveMeters.Why.OVERLOAD);
    }
    return !shut;
  }

  /** Whether the client reads fast enough for it. */
  boolean hasRoom(Connection connection) {
    return connection.outbound().pendingBytes() <= roomBytes;
  }

  /** Writes the frame; false where it was shed for a slow reader. */
  boolean write(Kind kind, Connection connection, String frame) {
    if (!hasRoom(connection)) {
      meters.shed(kind, LiveMeters.Why.SLOW_READER);
      return false;
    }
    connection.write(frame);
    meters.told(kind);
    return true;
  }
}

package chat.parley.gateway;

/**
 * Every code with which this server closes a socket, and what the client does then: 4000 to 4099
 * come back with cursors, 4100 to 4199 renew the token first, 4200 to 4299 do not come back.
 */
public enum CloseCode {
  /** The server could not go on with this connection, for instance because no store answered. */
  TRY_AGAIN(4000, "try again"),
  /** No hello in time. Slow networks do that, so the client may come back. */
  HELLO_TIMEOUT(4002, "no hello in time"),
  /** Nothing came from the client for two and a half heartbeats. */
  HEARTBEAT_LOST(4008, "heartbeat lost"),
  /** The client reads more slowly than it is written to; its cursors make coming back safe. */
  TOO_SLOW(4010, "too slow a reader"),
  /** This node is about to stop; come back after {@code reconnectAfterMs}. */
  DRAINING(4011, "draining"),
  /** The token is not valid, or has expired while connected. */
  UNAUTHENTICATED(4100, "token expired or invalid"),
  /** The device was signed out. */
  REVOKED(4200, "session revoked"),
  /** The user may not use this server. */
  BANNED(4201, "banned"),
  /** What came is not this protocol: a binary or oversized frame, or not a hello first. */
  BAD_PROTOCOL(4202, "bad protocol");

  private final int number;
  private final String text;

  CloseCode(int number, String text) {
    this.number = number;
    this.text = text;
  }

  public int number() {
    return number;
  }

  /** The reason in the close frame. */
  public String text() {
    return text;
  }
}

package chat.parley.gateway;

import java.util.List;

/**
 * Every number of the socket side. Times are milliseconds, sizes bytes.
 *
 * @param helloDeadlineMs a socket that has not said hello by then is closed
 * @param heartbeatMs how often a client must say something; 2.5 of these without a word close it
 * @param tickMs the step of the one timer of a gateway; also how long cursor moves are gathered
 * @param maxFrameBytes the largest frame from a client
 * @param maxOutboundBytes what may wait for one slow reader before it is cut off
 * @param maxWaitingPercent of the heap may wait for all sockets and calls together; beyond that a
 *     reader is cut off that has more than a fair share of it, and beyond half of that no call is
 *     given a page
 * @param maxHeldBytes changes of one connection that wait for the end of its sync or for a gap
 * @param syncBudget a conversation further behind than this many changes is reset, not streamed
 * @param syncPage changes asked of the log at a time
 * @param maxSyncLimit the most changes in one answer to a client's sync
 * @param maxInFlight unanswered requests of one connection before its socket is paused
 * @param maxUnacked changes of one conversation remembered until the device acks them
 * @param resendAfterMs without an ack for that long, what was sent is sent again
 * @param resendAttempts how often; afterwards it is left to the device's next sync
 * @param maxConnections sockets one gateway takes; more are answered 503
 * @param sliceFrames frames written in one turn of the event loop
 * @param writePaceMs how long a frame to a busy socket may wait for others to go with; 0: not at
 *     all
 * @param maxPendingCursors cursor moves that wait for their store; more are dropped
 * @param drainGraceMs how long a draining gateway waits for answers that are under way
 * @param allowedOrigins origins of browsers, such as {@code https://chat.example}, besides the
 *     server's own; {@code *} allows all
 * @param sockJsLibraryUrl where SockJS's iframe finds its script
 */
public record GatewaySettings(
    long helloDeadlineMs,
    long heartbeatMs,
    long tickMs,
    int maxFrameBytes,
    int maxOutboundBytes,
    int maxWaitingPercent,
    int maxHeldBytes,
    int syncBudget,
    int syncPage,
    int maxSyncLimit,
    int maxInFlight,
    int maxUnacked,
    long resendAfterMs,
    int resendAttempts,
    int maxConnections,
    int sliceFrames,
    long writePaceMs,
    int maxPendingCursors,
    long drainGraceMs,
    List<String> allowedOrigins,
    String sockJsLibraryUrl) {
  /** What may wait for all sockets and calls together. */
  long maxWaitingBytes() {
    return Runtime.getRuntime().maxMemory() / 100 * maxWaitingPercent;
  }

  /** What holds where the operator says nothing. */
  public static GatewaySettings defaults() {
    return new GatewaySettings(
        5_000,
        25_000,
        200,
        65_536,
        2_097_152,
        25,
        262_144,
        500,
        100,
        500,
        64,
        256,
        10_000,
        3,
        18_000,
        500,
        25,
        50_000,
        3_000,
        List.of(),
        "/lib/sockjs.min.js");
  }

  /** How long a connection may be silent. */
  public long silenceMs() {
    return heartbeatMs * 5 / 2;
  }

  /**
   * What one WebSocket message may hold before Vert.x itself refuses it: SockJS escapes each
   * character that is not ASCII to six, and a frame that is a little too large shall reach us, so
   * that it can be answered.
   */
  public int maxTransportBytes() {
    return maxFrameBytes * 4;
  }
}

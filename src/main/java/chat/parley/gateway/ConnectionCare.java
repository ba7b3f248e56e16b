package chat.parley.gateway;

import java.time.Clock;

/**
 * What time does to connections: deadlines, lost heartbeats, expired tokens, resends, peers that do
 * not say goodbye. One tick for all; each looks at one slot of the wheel.
 */
final class ConnectionCare {
  private static final long GOODBYE_MS = 5_000;

  private final Connections connections;
  private final GapRepair repair;
  private final CursorMoves cursors;
  private final GatewaySettings settings;
  private final Clock clock;
  private long ticks;

  ConnectionCare(
      Connections connections,
      GapRepair repair,
      CursorMoves cursors,
      GatewaySettings settings,
      Clock clock) {
    this.connections = connections;
    this.repair = repair;
    this.cursors = cursors;
    this.settings = settings;
    this.clock = clock;
  }

  /** To be called every {@code tickMs}. */
  void tick() {
    cursors.flush();
    repair.tick();
    for (Connection connection : connections.slot(ticks++)) {
      look(connection);
    }
  }

  private void look(Connection connection) {
    long now = clock.millis();
    switch (connection.stage()) {
      case AWAITING_HELLO -> {
        if (now - connection.openedAt() > settings.helloDeadlineMs()) {
          connection.close(CloseCode.HELLO_TIMEOUT);
        }
      }
      case ADMITTING -> closeIfSilent(connection, now);
      case SYNCING, LIVE -> {
        if (!connection.principal().expiresAt().isAfter(clock.instant())) {
          connection.close(CloseCode.UNAUTHENTICATED);
        } else {
          closeIfSilent(connection, now);
          repair.resendTo(connection);
        }
      }
      case CLOSING -> {
        if (now - connection.closingSince() > GOODBYE_MS) {
          connection.abort();
        }
      }
      case CLOSED -> {}
      default -> throw new IllegalStateException("no such stage");
    }
  }

  private void closeIfSilent(Connection connection, long now) {
    if (now - connection.lastHeardAt() > settings.silenceMs()) {
      connection.close(CloseCode.HEARTBEAT_LOST);
    }
  }
}

package chat.parley.gateway;

import java.time.Clock;
import java.time.Instant;
import java.util.function.Predicate;

/**
 * What time does to connections: deadlines, lost heartbeats, tokens that expire or have been
 * revoked, resends, peers that do not say goodbye. One tick for all; each looks at one slot of the
 * wheel.
 */
final class ConnectionCare {
  private static final long GOODBYE_MS = 5_000;

  /** Time enough for a phone to renew its token; a socket on a shorter one is asked at once. */
  private static final long REAUTH_BEFORE_MS = 30_000;

  private final Connections connections;
  private final GapRepair repair;
  private final CursorMoves cursors;
  private final Predicate<String> isRevoked;
  private final GatewaySettings settings;
  private final Clock clock;
  private long ticks;

  ConnectionCare(
      Connections connections,
      GapRepair repair,
      CursorMoves cursors,
      Predicate<String> isRevoked,
      GatewaySettings settings,
      Clock clock) {
    this.connections = connections;
    this.repair = repair;
    this.cursors = cursors;
    this.isRevoked = isRevoked;
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
    switch (connection.stage()) {
      case AWAITING_HELLO -> {
        if (connection.ageMs() > settings.helloDeadlineMs()) {
          connection.close(CloseCode.HELLO_TIMEOUT);
        }
      }
      case ADMITTING -> closeIfSilent(connection);
      case SYNCING, LIVE -> {
        if (isRevoked.test(connection.principal().family())) {
          // Mostly it was told already; here it ends where the word of it was lost, and where its
          // device has signed in anew.
          connection.revoke(CloseCode.REVOKED.number(), "revoked");
        } else if (!connection.principal().expiresAt().isAfter(clock.instant())) {
          connection.close(CloseCode.UNAUTHENTICATED);
        } else {
          askForNewToken(connection);
          closeIfSilent(connection);
          repair.resendTo(connection);
        }
      }
      case CLOSING -> {
        if (connection.closingMs() > GOODBYE_MS) {
          connection.abort();
        }
      }
      case CLOSED -> {}
      default -> throw new IllegalStateException("no such stage");
    }
  }

  /** Once a token. */
  private void askForNewToken(Connection connection) {
    Instant expiresAt = connection.principal().expiresAt();
    if (connection.stage() == Connection.Stage.LIVE
        && expiresAt.isBefore(clock.instant().plusMillis(REAUTH_BEFORE_MS))
        && connection.isFirstAskingFor(expiresAt)) {
      connection.write(ServerFrames.reauth(expiresAt));
    }
  }

  private void closeIfSilent(Connection connection) {
    if (connection.silentMs() > settings.silenceMs()) {
      connection.close(CloseCode.HEARTBEAT_LOST);
    }
  }
}

package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import java.time.InstantSource;

/** Takes new sockets in, and leads what they say to whoever it is for. */
final class SocketDoor {
  private final Connections connections;
  private final Admission admission;
  private final Requests requests;
  private final FrameCodec codec;
  private final GatewaySettings settings;
  private final GatewayMetrics metrics;
  private final InstantSource steady;
  private boolean closed;

  SocketDoor(
      GatewayPieces pieces,
      Connections connections,
      Admission admission,
      Requests requests,
      GatewayMetrics metrics) {
    this.settings = pieces.settings();
    this.codec = new FrameCodec(settings.maxFrameBytes(), settings.maxSyncLimit());
    this.connections = connections;
    this.admission = admission;
    this.requests = requests;
    this.metrics = metrics;
    this.steady = pieces.steady();
  }

  /** Whether a new socket would be taken in now. */
  boolean isOpen() {
    return !closed && connections.size() < settings.maxConnections();
  }

  /** Takes nobody in from now on. */
  void close() {
    closed = true;
  }

  /**
   * Takes a socket in; its hello must come soon. Where {@code counted} fails it is sent away again.
   */
  void enter(Transport transport, Caller caller, Future<Void> counted) {
    Connection connection = new Connection(transport, caller, settings, metrics, steady);
    connections.add(connection);
    transport.start(
        text -> hear(connection, text),
        () ->
            breach(
                connection,
                null,
                new FailureException(Failure.BAD_REQUEST, "frames are text, not binary")),
        () -> gone(connection));
    if (!isOpen()) {
      connection.close(closed ? CloseCode.DRAINING : CloseCode.TRY_AGAIN);
    }
    counted.onFailure(
        refusal -> {
          connection.write(ServerFrames.error(null, refusal));
          connection.close(CloseCode.TRY_AGAIN);
        });
  }

  private void hear(Connection connection, String text) {
    metrics.frameIn();
    if (!connection.isOpen()) {
      return;
    }
    connection.heard();
    ClientFrame frame;
    try {
      frame = codec.parse(text);
    } catch (BadFrame bad) {
      if (bad.fatal() || connection.stage() == Connection.Stage.AWAITING_HELLO) {
        breach(connection, bad.frameId(), bad.refusal());
      } else {
        connection.write(ServerFrames.error(bad.frameId(), bad.refusal()));
      }
      return;
    }
    lead(connection, frame);
  }

  private void lead(Connection connection, ClientFrame frame) {
    switch (connection.stage()) {
      case AWAITING_HELLO -> {
        if (frame instanceof ClientFrame.Hello hello) {
          admission.admit(connection, hello);
        } else {
          breach(
              connection,
              frame.id(),
              new FailureException(Failure.BAD_REQUEST, "the first frame must be hello"));
        }
      }
      case ADMITTING -> {
        if (!connection.afterWelcome(() -> lead(connection, frame))) {
          FailureException tooMany =
              new FailureException(Failure.BAD_REQUEST, "wait for welcome first");
          connection.write(ServerFrames.error(frame.id(), tooMany));
        }
      }
      case SYNCING, LIVE -> requests.handle(connection, frame);
      case CLOSING, CLOSED -> {}
      default -> throw new IllegalStateException("no such stage");
    }
  }

  private void breach(Connection connection, String frameId, FailureException refusal) {
    if (!connection.isOpen()) {
      return;
    }
    connection.write(ServerFrames.error(frameId, refusal));
    connection.close(
        refusal.failure() == Failure.UNAUTHENTICATED
            ? CloseCode.UNAUTHENTICATED
            : CloseCode.BAD_PROTOCOL);
  }

  private void gone(Connection connection) {
    if (connection.stage() == Connection.Stage.CLOSED) {
      return;
    }
    connection.closed();
    connections.remove(connection);
    admission.leave(connection);
  }
}

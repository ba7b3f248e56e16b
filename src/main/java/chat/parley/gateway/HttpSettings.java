package chat.parley.gateway;

import chat.parley.tls.PeerTls;
import chat.parley.tls.TlsIdentity;
import io.vertx.core.http.HttpServerOptions;
import java.util.Optional;

/**
 * The HTTP side of the gateway.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param maxBodyBytes of a request; a larger one is {@code payload_too_large}
 * @param idleTimeoutSeconds a connection on which nothing moves for so long is closed; more than a
 *     socket's heartbeat and a long poll
 * @param tls encrypts the port; empty where a proxy does that
 * @param operator where an operator's tools look
 */
public record HttpSettings(
    String host,
    int port,
    int maxBodyBytes,
    int idleTimeoutSeconds,
    Optional<TlsIdentity> tls,
    OperatorDoor operator) {
  /**
   * Where metrics and the calls of {@code /v1/admin} are answered.
   *
   * @param host the address to listen on for them
   * @param port 0: on the port that is for everybody; else here alone
   */
  public record OperatorDoor(String host, int port) {
    /** Whether they have a port of their own. */
    public boolean isApart() {
      return port > 0;
    }
  }

  /** A token of 8 KiB must get as far as the check that refuses larger ones. */
  private static final int MAX_HEADER_BYTES = 16_384;

  /**
   * What the kernel takes of one line before it waits here, where it is counted. Left to itself
   * Linux takes up to 4 MiB of each, and a reader that never reads is found out as much later. (It
   * makes twice this of it; enough for 5 MB/s at a round trip of 100 ms.)
   */
  private static final int SEND_BUFFER_BYTES = 262_144;

  /** What holds where the operator says nothing. */
  public static HttpSettings defaults() {
    return new HttpSettings(
        "127.0.0.1", 8080, 65_536, 120, Optional.empty(), new OperatorDoor("127.0.0.1", 0));
  }

  /** The same on another port. */
  public HttpSettings withPort(int other) {
    return new HttpSettings(host, other, maxBodyBytes, idleTimeoutSeconds, tls, operator);
  }

  /**
   * The same for several servers of one Vertx that are to share one port, where that is any free
   * one, too: Vert.x takes 0 for a port of each server's own, and -1 for one that all share.
   */
  public HttpSettings shared() {
    return port == 0 ? withPort(-1) : this;
  }

  /** The operator's door as a server of its own, which is reached without TLS. */
  HttpSettings forOperator() {
    return new HttpSettings(
        operator.host(),
        operator.port(),
        maxBodyBytes,
        idleTimeoutSeconds,
        Optional.empty(),
        operator);
  }

  /** A taken port is the operator's to mend, so this says which and where it is set. */
  IllegalStateException cannotListen(Throwable cause) {
    return new IllegalStateException(
        "cannot listen on %s:%d (http.host, http.port%s): %s"
            .formatted(
                host,
                port,
                tls.isPresent() ? ", http.tls-certificate, http.tls-key" : "",
                cause.getMessage()),
        cause);
  }

  /** The same of the operator's port. */
  IllegalStateException cannotListenForOperator(Throwable cause) {
    return new IllegalStateException(
        "cannot listen on %s:%d (http.operator-host, http.operator-port): %s"
            .formatted(operator.host(), operator.port(), cause.getMessage()),
        cause);
  }

  /**
   * The server's options. WebSocket compression is off in both kinds: with it one small frame
   * inflates past every limit on the event loop, before any login.
   *
   * @param maxWebSocketBytes the largest WebSocket frame and message, as the socket side wants it
   */
  public HttpServerOptions serverOptions(int maxWebSocketBytes) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(host)
            .setPort(port)
            .setIdleTimeout(idleTimeoutSeconds)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setSendBufferSize(SEND_BUFFER_BYTES)
            .setHttp2ClearTextEnabled(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setMaxWebSocketFrameSize(maxWebSocketBytes)
            .setMaxWebSocketMessageSize(maxWebSocketBytes);
    tls.ifPresent(
        identity ->
            options
                .setSsl(true)
                .setUseAlpn(false)
                .setEnabledSecureTransportProtocols(PeerTls.VERSIONS)
                .setKeyCertOptions(identity.options()));
    return options;
  }
}

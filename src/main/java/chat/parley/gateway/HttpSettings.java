package chat.parley.gateway;

import io.vertx.core.http.HttpServerOptions;

/**
 * The HTTP side of the gateway.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 takes a free one
 * @param maxBodyBytes of a request; a larger one is {@code payload_too_large}
 * @param idleTimeoutSeconds a connection on which nothing moves for so long is closed; more than a
 *     socket's heartbeat and a long poll
 */
public record HttpSettings(String host, int port, int maxBodyBytes, int idleTimeoutSeconds) {
  /** A token of 8 KiB must get as far as the check that refuses larger ones. */
  private static final int MAX_HEADER_BYTES = 16_384;

  /** What holds where the operator says nothing. */
  public static HttpSettings defaults() {
    return new HttpSettings("127.0.0.1", 8080, 65_536, 120);
  }

  /** The same on another port. */
  public HttpSettings withPort(int other) {
    return new HttpSettings(host, other, maxBodyBytes, idleTimeoutSeconds);
  }

  /** A taken port is the operator's to mend, so this says which and where it is set. */
  IllegalStateException cannotListen(Throwable cause) {
    return new IllegalStateException(
        "cannot listen on %s:%d (http.host, http.port): %s"
            .formatted(host, port, cause.getMessage()),
        cause);
  }

  /**
   * The server's options. WebSocket compression is off in both kinds: with it one small frame
   * inflates past every limit on the event loop, before any login.
   *
   * @param maxWebSocketBytes the largest WebSocket frame and message, as the socket side wants it
   */
  public HttpServerOptions serverOptions(int maxWebSocketBytes) {
    return new HttpServerOptions()
        .setHost(host)
        .setPort(port)
        .setIdleTimeout(idleTimeoutSeconds)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setHttp2ClearTextEnabled(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setMaxWebSocketFrameSize(maxWebSocketBytes)
        .setMaxWebSocketMessageSize(maxWebSocketBytes);
  }
}

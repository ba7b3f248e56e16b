package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a WebSocket's opening must be (RFC 6455, 4.2.1) and Vert.x (5.0.8) does not ask for: it also
 * speaks the drafts before the RFC, in one of which frames have no bound that we set.
 */
final class Handshake {
  private static final String VERSION = "13";
  private static final int KEY_BYTES = 16;

  private Handshake() {}

  /** Why this request, which asks for a WebSocket, is refused; empty where it is well made. */
  static Optional<RuntimeException> fault(HttpServerRequest request) {
    if (!VERSION.equals(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
      return Optional.of(
          new HttpRefusal(
              HttpRefusal.UPGRADE_REQUIRED,
              "this server speaks version 13 of the WebSocket protocol",
              Map.of("Sec-WebSocket-Version", VERSION, "Upgrade", "websocket")));
    }
    List<String> keys = request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_KEY);
    if (keys.size() != 1 || !isKey(keys.get(0))) {
      return Optional.of(bad("Sec-WebSocket-Key must be 16 bytes in base64"));
    }
    if (request.headers().getAll(HttpHeaders.HOST).size() != 1) {
      return Optional.of(bad("Host must be there once"));
    }
    return Optional.empty();
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key.strip()).length == KEY_BYTES;
    } catch (IllegalArgumentException noBase64) {
      return false;
    }
  }

  private static FailureException bad(String detail) {
    return new FailureException(Failure.BAD_REQUEST, detail);
  }
}

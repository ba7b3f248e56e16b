package chat.parley.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/** A successful answer; {@code body} is JSON or null. */
record RestAnswer(int status, Buffer body, Map<String, String> headers) {
  static RestAnswer ok(JsonObject body) {
    return ok(body.toBuffer());
  }

  /** {@code body} is the JSON text. */
  static RestAnswer ok(Buffer body) {
    return new RestAnswer(200, body, Map.of());
  }

  static RestAnswer created(JsonObject body) {
    return new RestAnswer(201, body.toBuffer(), Map.of());
  }

  /** Done, and there is nothing to say. */
  static RestAnswer done() {
    return new RestAnswer(204, null, Map.of());
  }

  /** The same, of something of this version. */
  RestAnswer tagged(long version) {
    return new RestAnswer(status, body, Map.of("ETag", "\"" + version + "\""));
  }
}

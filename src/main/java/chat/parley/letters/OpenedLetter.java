package chat.parley.letters;

import chat.parley.kafka.DeadLetter;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** A letter with all that is known of it. */
public record OpenedLetter(Letter letter, DeadLetter content) {
  /** The letter, its cause and its record's headers; of the payload only how long it is. */
  public JsonObject json() {
    DeadLetter.Origin origin = content.origin();
    DeadLetter.Fault fault = content.fault();
    JsonObject headers = new JsonObject();
    content
        .record()
        .headers()
        .forEach((name, value) -> headers.put(name, new String(value, StandardCharsets.UTF_8)));
    return letter
        .json()
        .put("attempts", fault.attempts())
        .put("node", fault.node())
        .put("error", fault.error())
        .put("message", fault.message())
        .put("stack", fault.stack())
        .put("topic", origin.topic())
        .put("partition", origin.partition())
        .put("offset", origin.offset())
        .put("headers", headers)
        .put("payloadBytes", payload().length);
  }

  /** What members wrote, mostly: to be shown only to somebody who asks for it. */
  public byte[] payload() {
    byte[] value = content.record().value();
    return value == null ? new byte[0] : value;
  }
}

package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverSoftToLarge;
import chat.parley.bus.ReceiptMessages.ReceiptsCounted;
import chat.parley.registry.Interests;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.BiConsumer;

/** Tells everybody in a large conversation how many have, and have read, its latest message. */
final class CountFanOut {
  private final Interests interests;
  private final BiConsumer<String, DeliverSoftToLarge> send;
  private final FanOutMeters meters;

  CountFanOut(
      Interests interests, BiConsumer<String, DeliverSoftToLarge> send, FanOutMeters meters) {
    this.interests = interests;
    this.send = send;
    this.meters = meters;
  }

  /**
   * Sends it to the gateways that are interested; a failure costs these counts and nothing else.
   */
  Future<Void> tell(ReceiptsCounted counted) {
    return interests
        .interestedIn(Set.of(counted.conversationId()))
        .map(
            found -> {
              DeliverSoftToLarge message =
                  new DeliverSoftToLarge(counted.conversationId(), frame(counted), counted.seq());
              found.get(counted.conversationId()).forEach(gateway -> send.accept(gateway, message));
              meters.receipts(1);
              return null;
            });
  }

  private static byte[] frame(ReceiptsCounted counted) {
    return new JsonObject()
        .put("t", "receipt.aggregate")
        .put(
            "d",
            new JsonObject()
                .put("conversationId", counted.conversationId().value())
                .put("seq", counted.seq())
                .put("delivered", counted.delivered())
                .put("read", counted.read()))
        .encode()
        .getBytes(StandardCharsets.UTF_8);
  }
}

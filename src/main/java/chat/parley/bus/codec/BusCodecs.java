package chat.parley.bus.codec;

import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.InboxMessages;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.PresenceMessages;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.ReceiptMessages;
import io.vertx.core.eventbus.EventBus;
import java.util.List;

/** Every codec of Parley's bus. Each node installs them all before its first verticle. */
public final class BusCodecs {
  private BusCodecs() {}

  /**
   * Registers the codecs and selects them by family. A selector, because a default codec matches
   * the exact class and would never see the records of a sealed interface.
   */
  public static void install(EventBus bus) {
    List<FamilyCodec<?>> codecs =
        List.of(
            new FamilyCodec<>("ingest.v1", IngestMessages.class),
            new FamilyCodec<>("delivery.v1", DeliveryMessages.class),
            new FamilyCodec<>("query.v1", QueryMessages.class),
            new FamilyCodec<>("receipt.v1", ReceiptMessages.class),
            new FamilyCodec<>("inbox.v1", InboxMessages.class),
            new FamilyCodec<>("presence.v1", PresenceMessages.class));
    codecs.forEach(bus::registerCodec);
    bus.codecSelector(
        message ->
            codecs.stream()
                .filter(codec -> codec.carries(message))
                .findFirst()
                .map(FamilyCodec::name)
                .orElse(null));
  }
}

package chat.parley.fanout;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsCounted;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.conversation.Conversations;
import chat.parley.kafka.ConsumerGroup;
import chat.parley.kafka.InOrderConsumer;
import chat.parley.kafka.KafkaSettings;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fan-out stage of a node for small conversations: the stream of changes to gateways, and
 * receipts to other members' gateways. One instance a node is enough; several share the stream's
 * partitions. Large conversations are {@link LargeFanOutVerticle}'s.
 */
public final class FanOutVerticle extends VerticleBase {
  /** What the stage works with. */
  public record Parts(
      Bus bus,
      Conversations conversations,
      DeviceRegistry devices,
      Interests interests,
      ClusterView cluster,
      Clock clock,
      MeterRegistry meters) {}

  private static final Logger LOG = LoggerFactory.getLogger(FanOutVerticle.class);

  private final FanOutSettings settings;
  private final KafkaSettings kafka;
  private final Parts parts;
  private DeviceRegistry devices;
  private ReceiptFanOut receipts;
  private CountFanOut counts;
  private InOrderConsumer changes;
  private MessageConsumer<ReceiptMessages> receiptConsumer;

  public FanOutVerticle(FanOutSettings settings, KafkaSettings kafka, Parts parts) {
    this.settings = settings;
    this.kafka = kafka;
    this.parts = parts;
  }

  @Override
  public Future<?> start() {
    devices = new FewGateways(parts.devices(), parts.cluster(), settings.fewGateways());
    FanOutMeters meters = new FanOutMeters(parts.meters(), parts.clock(), FanOutMeters.Mode.SMALL);
    receipts =
        new ReceiptFanOut(
            parts.conversations(),
            devices,
            (gateway, frame) -> parts.bus().send(Addresses.gateway(gateway), frame),
            settings,
            meters,
            Ticker.systemTicker());
    counts =
        new CountFanOut(
            parts.interests(),
            (gateway, frame) -> parts.bus().send(Addresses.gateway(gateway), frame),
            new FanOutMeters(parts.meters(), parts.clock(), FanOutMeters.Mode.LARGE));
    changes =
        new InOrderConsumer(
            vertx,
            kafka,
            new ConsumerGroup(settings.group(), parts.cluster().self()),
            changeFanOut(meters)::handle,
            parts.clock(),
            parts.meters());
    return parts
        .bus()
        .listen(Addresses.RECEIPT_FANOUT, this::tell)
        .onSuccess(opened -> receiptConsumer = opened)
        .compose(opened -> changes.start());
  }

  @Override
  public Future<?> stop() {
    Future<Void> silent =
        receiptConsumer == null ? Future.succeededFuture() : receiptConsumer.unregister();
    return silent.eventually(() -> changes.close());
  }

  private ChangeFanOut changeFanOut(FanOutMeters meters) {
    return new ChangeFanOut(
        new Seen(settings.maxConversations()),
        new MemberRoutes(
            new Audiences(parts.conversations(), settings, Ticker.systemTicker(), receipts::forget),
            new Newcomers(parts.conversations()),
            devices),
        GatewayCourier.over(vertx, parts),
        meters);
  }

  private void tell(ReceiptMessages message) {
    if (message instanceof ReceiptsCounted counted) {
      counts
          .tell(counted)
          .onFailure(cause -> LOG.atWarn().setCause(cause).log("counts could not be told"));
    }
    if (!(message instanceof ReceiptsMoved moved)) {
      return;
    }
    for (ReceiptMoved receipt : moved.receipts()) {
      if (receipts.add(receipt)) {
        vertx.setTimer(Math.max(1, settings.receiptDelayMs()), due -> flush());
      }
    }
  }

  private void flush() {
    receipts
        .flush()
        .onFailure(cause -> LOG.atWarn().setCause(cause).log("receipts could not be told"));
  }
}

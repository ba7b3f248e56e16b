package chat.parley.fanout;

import chat.parley.kafka.ConsumerGroup;
import chat.parley.kafka.InOrderConsumer;
import chat.parley.kafka.KafkaSettings;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;

/**
 * The fan-out stage of a node for large conversations: their topic, their consumer group, and, with
 * {@link #options}, threads of their own, so that a burst among thousands holds up no other
 * conversation.
 */
public final class LargeFanOutVerticle extends VerticleBase {
  private static final String POOL = "parley-large-fanout";

  private final FanOutSettings settings;
  private final KafkaSettings kafka;
  private final FanOutVerticle.Parts parts;
  private InOrderConsumer changes;

  public LargeFanOutVerticle(
      FanOutSettings settings, KafkaSettings kafka, FanOutVerticle.Parts parts) {
    this.settings = settings;
    this.kafka = kafka;
    this.parts = parts;
  }

  /** How it is to be deployed. One thread: a batch is one after the other anyway. */
  public static DeploymentOptions options() {
    return new DeploymentOptions()
        .setThreadingModel(ThreadingModel.WORKER)
        .setWorkerPoolName(POOL)
        .setWorkerPoolSize(1);
  }

  @Override
  public Future<?> start() {
    changes =
        new InOrderConsumer(
            vertx,
            kafka.forLarge(settings.largeBatch()),
            new ConsumerGroup(settings.largeGroup(), parts.cluster().self()),
            changeFanOut()::handle,
            parts.clock(),
            parts.meters());
    return changes.start();
  }

  @Override
  public Future<?> stop() {
    return changes.close();
  }

  private ChangeFanOut changeFanOut() {
    return new ChangeFanOut(
        new Seen(settings.maxConversations()),
        new InterestRoutes(parts.interests(), parts.devices(), parts.conversations()),
        GatewayCourier.over(vertx, parts),
        new FanOutMeters(parts.meters(), parts.clock(), FanOutMeters.Mode.LARGE));
  }
}

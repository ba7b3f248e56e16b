package chat.parley.ingest;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.ShardsOffered;
import chat.parley.bus.StoreGate;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversations;
import chat.parley.limit.LimitMeters;
import chat.parley.limit.RateSettings;
import chat.parley.log.ConversationLog;
import chat.parley.log.LogSettings;
import chat.parley.log.Outbox;
import chat.parley.log.OwnedLog;
import chat.parley.log.ShardKeeper;
import chat.parley.log.WriteAhead;
import chat.parley.registry.ClusterView;
import chat.parley.registry.ShardDirectory;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The write side of a node: holds shards and carries out commands for their conversations. One an
 * ingest node: it owns the log's context.
 */
public final class IngestVerticle extends VerticleBase {
  /**
   * Commands that were on their way when the last shard went are still answered, if only by a no:
   * one that finds nobody is discarded, and its sender waits for the bus's timeout.
   */
  private static final long LATE_COMMANDS_MS = 500;

  /**
   * What the verticle is made of. {@code store} is open while the history store answers. {@code
   * outbox} hands the outbox to the relay of this node, before any shard is held; {@code cutOff}
   * hears with every beat whether the node is in the smaller part of a split cluster.
   */
  public record Parts(
      Bus bus,
      ConversationLog log,
      Conversations conversations,
      ChannelNames names,
      StoreGate store,
      ClusterView cluster,
      ShardDirectory directory,
      LogSettings settings,
      MessageSettings messages,
      LimitSettings limits,
      RateSettings rates,
      SizeSettings sizes,
      String lineage,
      Clock clock,
      MeterRegistry meters,
      WriteAhead ahead,
      Consumer<Outbox> outbox,
      Consumer<Boolean> cutOff) {}

  private final Parts parts;
  private OwnedLog log;
  private ShardKeeper keeper;
  private MessageConsumer<IngestMessages> consumer;
  private MessageConsumer<IngestMessages> offers;

  public IngestVerticle(Parts parts) {
    this.parts = parts;
  }

  @Override
  public Future<?> start() {
    log =
        parts
            .log()
            .own(
                vertx,
                parts.settings(),
                new MemberSettler(parts.conversations(), parts.names()),
                parts.clock(),
                parts.meters(),
                parts.ahead());
    parts.outbox().accept(log);
    keeper =
        parts
            .log()
            .keeper(
                vertx,
                log,
                parts.settings(),
                parts.cluster().self(),
                parts.lineage(),
                new ClusterPeers(parts.cluster(), parts.bus()),
                new Reports(parts.directory(), parts.cutOff()));
    MessageAmender amender =
        new MessageAmender(
            log, parts.log().reads(), parts.log().amendments(), parts.messages(), parts.clock());
    CommandHandler handler =
        new CommandHandler(
            log,
            parts.conversations(),
            parts.names(),
            parts.limits(),
            parts.messages(),
            parts.sizes(),
            amender,
            new Pace.Rules(
                parts.rates(), new LimitMeters(parts.meters()), parts.clock(), System::nanoTime),
            parts.clock());
    return parts
        .bus()
        .answer(
            Addresses.ingest(parts.cluster().self()),
            message -> parts.store().guard(() -> handler.handle(message)))
        .compose(
            listening -> {
              consumer = listening;
              return parts.bus().listen(Addresses.ALL_INGEST, this::hear);
            })
        .compose(
            listening -> {
              offers = listening;
              return keeper.start();
            });
  }

  @Override
  public Future<?> stop() {
    return keeper
        .stop()
        .eventually(() -> vertx.timer(LATE_COMMANDS_MS))
        .eventually(consumer::unregister)
        .eventually(offers::unregister);
  }

  private void hear(IngestMessages message) {
    if (message instanceof ShardsOffered offered) {
      keeper.offered(offered.node(), offered.shards(), offered.leaving());
    }
  }

  /** The other nodes with this role, as the cluster sees them and the bus reaches them. */
  private record ClusterPeers(ClusterView cluster, Bus bus) implements ShardKeeper.Peers {
    @Override
    public Set<String> holders() {
      return cluster.nodesWith("ingest");
    }

    @Override
    public void offer(Set<Integer> shards, boolean leaving) {
      bus.publish(Addresses.ALL_INGEST, new ShardsOffered(cluster.self(), shards, leaving));
    }
  }

  /** Tells the routers which shards are held here, and the node how it stands. */
  private record Reports(ShardDirectory directory, Consumer<Boolean> listener)
      implements ShardKeeper.Listener {
    @Override
    public void took(int shard, long epoch) {
      directory.announce(shard, epoch);
    }

    @Override
    public void lost(int shard, long epoch) {
      directory.withdraw(shard, epoch);
    }

    @Override
    public void cutOff(boolean now) {
      listener.accept(now);
    }
  }
}

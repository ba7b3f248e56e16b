package chat.parley.presence;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages.DeliverVisibility;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages;
import chat.parley.bus.PresenceMessages.Departed;
import chat.parley.bus.PresenceMessages.Show;
import chat.parley.bus.PresenceMessages.SightsQuery;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.bus.PresenceMessages.VisibilityQuery;
import chat.parley.bus.PresenceMessages.VisibleTo;
import chat.parley.conversation.Conversations;
import chat.parley.registry.ClusterView;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.Presences;
import chat.parley.turns.SteadyTime;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.util.List;

/** The presence stage of a node: answers {@link Addresses#PRESENCE}. Any node will do. */
public final class PresenceVerticle extends VerticleBase {
  /** What it works with. */
  public record Parts(
      Bus bus,
      PresenceRecords records,
      Conversations conversations,
      Presences presences,
      ClusterView cluster,
      PresenceSettings settings,
      Clock clock) {}

  private final Parts parts;
  private final Sightings sightings;
  private final TypingAudiences audiences;
  private final Departures departures;
  private MessageConsumer<PresenceMessages> consumer;

  public PresenceVerticle(Parts parts) {
    this.parts = parts;
    this.sightings =
        new Sightings(
            parts.records(),
            new SharedConversations(parts.conversations(), new SteadyTime()),
            parts.presences());
    this.audiences = new TypingAudiences(parts.conversations(), parts.settings().typingUpTo());
    this.departures = new Departures(parts.records());
  }

  @Override
  public Future<?> start() {
    LeftNodes left = new LeftNodes(vertx, parts.cluster(), parts.presences(), departures::add);
    parts.cluster().onLeave(node -> context.runOnContext(here -> left.add(node)));
    return parts
        .bus()
        .answer(Addresses.PRESENCE, this::answer)
        .onSuccess(listening -> consumer = listening);
  }

  @Override
  public Future<?> stop() {
    return consumer.unregister();
  }

  private Future<? extends PresenceMessages> answer(PresenceMessages message) {
    if (message instanceof SightsQuery query) {
      return sightings.of(query);
    }
    if (message instanceof TypingQuery query) {
      return audiences.of(query);
    }
    if (message instanceof VisibilityQuery query) {
      return parts
          .records()
          .of(List.of(query.userId()))
          .map(stored -> new VisibleTo(stored.get(0).visibleTo()));
    }
    if (message instanceof Show show) {
      return show(show);
    }
    if (message instanceof Departed departed) {
      departures.add(departed.departures());
      return Future.succeededFuture();
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not about presence"));
  }

  /** In the store first: what is in the map only may be read over by what the store still has. */
  private Future<VisibleTo> show(Show show) {
    return parts
        .records()
        .show(show.userId(), show.visibleTo())
        .compose(stored -> parts.records().of(List.of(show.userId())))
        .compose(stored -> spread(stored.get(0), show))
        .map(new VisibleTo(show.visibleTo()));
  }

  private Future<Void> spread(Stored stored, Show show) {
    return parts
        .presences()
        .show(show.userId(), show.visibleTo(), stored.lastSeenAt())
        .map(
            gateways -> {
              DeliverVisibility news = new DeliverVisibility(show.userId(), show.visibleTo());
              gateways.forEach(gateway -> parts.bus().send(Addresses.gateway(gateway), news));
              return null;
            });
  }
}

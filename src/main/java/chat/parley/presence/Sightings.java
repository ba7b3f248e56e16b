package chat.parley.presence;

import chat.parley.bus.PresenceMessages.Sights;
import chat.parley.bus.PresenceMessages.SightsQuery;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.Presences;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers who may see whom, and puts what it reads of users where all gateways find it. */
final class Sightings {
  private static final Logger LOG = LoggerFactory.getLogger(Sightings.class);

  private final PresenceRecords records;
  private final SharedConversations shared;
  private final Presences presences;

  Sightings(PresenceRecords records, SharedConversations shared, Presences presences) {
    this.records = records;
    this.shared = shared;
    this.presences = presences;
  }

  Future<Sights> of(SightsQuery query) {
    return records
        .of(query.unknown())
        .compose(
            stored -> {
              stored.forEach(this::learn);
              List<UserId> toSome = new ArrayList<>(query.shared());
              stored.stream()
                  .filter(one -> one.visibleTo() == PresenceVisibility.SHARED)
                  .forEach(one -> toSome.add(one.userId()));
              return shared
                  .sharing(query.viewer(), toSome, query.fresh())
                  .map(sharing -> new Sights(stored, sharing));
            });
  }

  private void learn(Stored stored) {
    presences
        .learn(stored.userId(), stored.visibleTo(), stored.lastSeenAt())
        .onFailure(
            cause -> LOG.debug("what is stored of a user is read again: {}", cause.toString()));
  }
}

package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.PresenceMessages.Sights;
import chat.parley.bus.PresenceMessages.SightsQuery;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who may see whom: the one place that decides it, for frames and for REST. What users let be seen
 * decides most; only who shares a conversation with whom must be asked.
 */
final class PresenceSight {
  /**
   * The answer.
   *
   * @param visible whom of the users the viewer may see
   * @param stored what the store has of those of whom nothing was known
   */
  record Seen(Set<UserId> visible, List<Stored> stored) {}

  private final Bus bus;
  private final LiveMeters meters;

  PresenceSight(Bus bus, LiveMeters meters) {
    this.bus = bus;
    this.meters = meters;
  }

  /**
   * Whom of these users the viewer may see.
   *
   * @param users each with whom they let see it; null where that is not known
   * @param fresh whether who shares a conversation must be looked up anew
   * @return fails where that cannot be known: then nobody may be shown
   */
  Future<Seen> of(UserId viewer, Map<UserId, PresenceVisibility> users, boolean fresh) {
    Set<UserId> visible = new HashSet<>();
    List<UserId> shared = new ArrayList<>();
    List<UserId> unknown = new ArrayList<>();
    users.forEach(
        (user, visibleTo) -> {
          if (visibleTo == null) {
            unknown.add(user);
          } else if (user.equals(viewer) || visibleTo == PresenceVisibility.EVERYONE) {
            visible.add(user);
          } else if (visibleTo == PresenceVisibility.SHARED) {
            shared.add(user);
          }
        });
    if (shared.isEmpty() && unknown.isEmpty()) {
      return Future.succeededFuture(new Seen(visible, List.of()));
    }
    meters.sent(LiveMeters.Message.QUESTION);
    return bus.request(
            Addresses.PRESENCE, new SightsQuery(viewer, shared, unknown, fresh), Sights.class)
        .map(
            sights -> {
              visible.addAll(sights.sharing());
              for (Stored one : sights.stored()) {
                if (one.userId().equals(viewer) || one.visibleTo() == PresenceVisibility.EVERYONE) {
                  visible.add(one.userId());
                }
              }
              return new Seen(visible, sights.stored());
            });
  }
}

package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.event.Alteration;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import chat.parley.registry.Interests;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The way of large conversations: to the gateways that are interested, which know themselves who of
 * their devices' users are members. Nothing here grows with the members, but for two changes that
 * name users whom a gateway may not know yet: a join names its subject, and the change with which a
 * conversation becomes large names everybody. Their gateways are looked up by user, take the change
 * only once they are interested, and get all that follows in the same batch; whoever is handed the
 * next batch finds them interested.
 *
 * <p>Both look-ups are made after the changes were committed. So of a device that was not
 * registered then, and of a gateway that was not interested, it holds that they ask the log later.
 */
final class InterestRoutes implements Routes {
  private final Interests interests;
  private final DeviceRegistry devices;
  private final Conversations conversations;

  InterestRoutes(Interests interests, DeviceRegistry devices, Conversations conversations) {
    this.interests = interests;
    this.devices = devices;
    this.conversations = conversations;
  }

  @Override
  public Future<Map<String, DeliverChanges>> of(List<Change> changes) {
    Set<ConversationId> ids = new HashSet<>();
    changes.forEach(change -> ids.add(change.conversationId()));
    Future<Map<ConversationId, Set<String>>> interested =
        Away.always(interests.interestedIn(ids), "interests cannot be looked up");
    Future<List<List<UserId>>> named = named(changes);
    Future<List<Long>> closed =
        named.compose(
            done ->
                Future.all(changes.stream().map(this::onlyFor).toList())
                    .map(CompositeFuture::list));
    return closed
        .compose(
            done -> {
              Set<UserId> users = new HashSet<>();
              named.result().forEach(users::addAll);
              return users.isEmpty()
                  ? Future.succeededFuture(Map.<UserId, Set<String>>of())
                  : Away.always(devices.gatewaysOf(users), "devices cannot be looked up");
            })
        .compose(
            gatewaysOf ->
                interested.map(
                    found ->
                        messages(changes, named.result(), closed.result(), gatewaysOf, found)));
  }

  /**
   * The message that an edit or a delete says, where newcomers are shown nothing of the past: who
   * was there then, only the gateways know.
   */
  private Future<Long> onlyFor(Change change) {
    return Alteration.isWhole(change)
        ? Away.orElse(conversations.history(change.conversationId()), "settings cannot be read")
            .map(history -> history == HistoryVisibility.ALL ? 0L : Alteration.target(change))
        : Future.succeededFuture(0L);
  }

  /** For each change the users that it brings in. */
  private Future<List<List<UserId>>> named(List<Change> changes) {
    List<Future<List<UserId>>> named = new ArrayList<>(changes.size());
    for (Change change : changes) {
      if (change.largeSince() == change.changeSeq()) {
        named.add(everybody(change));
      } else if (change.type() == ChangeType.MEMBER_JOINED && change.subjectId() != null) {
        named.add(Future.succeededFuture(List.of(change.subjectId())));
      } else {
        named.add(Future.succeededFuture(List.of()));
      }
    }
    return Future.all(named).map(done -> done.list());
  }

  private Future<List<UserId>> everybody(Change change) {
    return Away.orElse(conversations.members(change.conversationId()), "members cannot be read")
        .map(members -> audience(members, change));
  }

  /** With its subject, though the store should not show the join yet. */
  private static List<UserId> audience(Members members, Change change) {
    return Audience.apply(members, change).audience(change.changeSeq());
  }

  private static Map<String, DeliverChanges> messages(
      List<Change> changes,
      List<List<UserId>> named,
      List<Long> onlyFor,
      Map<UserId, Set<String>> gatewaysOf,
      Map<ConversationId, Set<String>> interested) {
    Map<ConversationId, Set<String>> targets = new HashMap<>();
    interested.forEach((id, gateways) -> targets.put(id, new LinkedHashSet<>(gateways)));
    Map<String, List<Delivery>> deliveries = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      Map<String, List<UserId>> brought = FanOutPlan.split(named.get(i), gatewaysOf);
      Set<String> to = targets.get(change.conversationId());
      to.addAll(brought.keySet());
      for (String gateway : to) {
        deliveries
            .computeIfAbsent(gateway, any -> new ArrayList<>())
            .add(new Delivery(change, brought.getOrDefault(gateway, List.of()), onlyFor.get(i)));
      }
    }
    Map<String, DeliverChanges> messages = new HashMap<>();
    deliveries.forEach((gateway, list) -> messages.put(gateway, new DeliverChanges(list)));
    return messages;
  }
}

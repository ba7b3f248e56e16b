package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.event.Change;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who gets what: changes in order, each with those who may see it, turned into one message for each
 * gateway. A group's list of users is split once, however many of its changes a batch brings.
 */
final class FanOutPlan {
  private final List<Change> changes;
  private final List<List<UserId>> audiences;

  private FanOutPlan(List<Change> changes, List<List<UserId>> audiences) {
    this.changes = changes;
    this.audiences = audiences;
  }

  /** The two lists run in parallel. */
  static FanOutPlan of(List<Change> changes, List<Audience> audiences) {
    List<List<UserId>> users = new ArrayList<>(changes.size());
    for (int i = 0; i < changes.size(); i++) {
      users.add(audiences.get(i).of(changes.get(i).changeSeq()));
    }
    return new FanOutPlan(changes, users);
  }

  /** Everybody whose gateways must be known. */
  Set<UserId> users() {
    Set<UserId> users = new LinkedHashSet<>();
    Map<List<UserId>, Boolean> done = new IdentityHashMap<>();
    for (List<UserId> audience : audiences) {
      if (done.put(audience, true) == null) {
        users.addAll(audience);
      }
    }
    return users;
  }

  /** One message for each gateway that holds a device of somebody; empty where nobody is there. */
  Map<String, DeliverChanges> byGateway(Map<UserId, Set<String>> gatewaysOf) {
    Map<String, List<Delivery>> deliveries = new HashMap<>();
    Map<List<UserId>, Map<String, List<UserId>>> splits = new IdentityHashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      splits
          .computeIfAbsent(audiences.get(i), audience -> split(audience, gatewaysOf))
          .forEach(
              (gateway, users) ->
                  deliveries
                      .computeIfAbsent(gateway, any -> new ArrayList<>())
                      .add(new Delivery(change, users)));
    }
    Map<String, DeliverChanges> messages = new HashMap<>();
    deliveries.forEach((gateway, list) -> messages.put(gateway, new DeliverChanges(list)));
    return messages;
  }

  /** Users by the gateways that hold them. */
  static Map<String, List<UserId>> split(List<UserId> users, Map<UserId, Set<String>> gatewaysOf) {
    Map<String, List<UserId>> split = new HashMap<>();
    for (UserId user : users) {
      for (String gateway : gatewaysOf.getOrDefault(user, Set.of())) {
        split.computeIfAbsent(gateway, any -> new ArrayList<>()).add(user);
      }
    }
    return split;
  }
}

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
 *
 * @param parts in the order of the changes' numbers within each conversation
 */
record FanOutPlan(List<Part> parts) {
  /** A change, and users who may see it. */
  record Part(Change change, List<UserId> users) {}

  /** Everybody whose gateways must be known. */
  Set<UserId> users() {
    Set<UserId> users = new LinkedHashSet<>();
    Map<List<UserId>, Boolean> done = new IdentityHashMap<>();
    for (Part part : parts) {
      if (done.put(part.users(), true) == null) {
        users.addAll(part.users());
      }
    }
    return users;
  }

  /** One message for each gateway that holds a device of somebody; empty where nobody is there. */
  Map<String, DeliverChanges> byGateway(Map<UserId, Set<String>> gatewaysOf) {
    Map<String, List<Delivery>> deliveries = new HashMap<>();
    Map<List<UserId>, Map<String, List<UserId>>> splits = new IdentityHashMap<>();
    for (Part part : parts) {
      splits
          .computeIfAbsent(part.users(), audience -> split(audience, gatewaysOf))
          .forEach(
              (gateway, users) ->
                  deliveries
                      .computeIfAbsent(gateway, any -> new ArrayList<>())
                      .add(new Delivery(part.change(), users)));
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

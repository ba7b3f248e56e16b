package chat.parley.inbox;

import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverInbox;
import chat.parley.bus.DeliveryMessages.DeliverReads;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.bus.InboxMessages.ReadsMoved;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Brings to the gateways of users' devices what was done for these users alone: soft state. */
final class DeviceTeller {
  private static final String GATEWAY_ROLE = "gateway";

  private final DeviceRegistry devices;
  private final ClusterView cluster;
  private final int fewGateways;
  private final BiConsumer<String, DeliveryMessages> send;

  /**
   * Up to {@code fewGateways} all of them are told, and drop what is not theirs: that costs less
   * than to look up where each user's devices are.
   */
  DeviceTeller(
      DeviceRegistry devices,
      ClusterView cluster,
      int fewGateways,
      BiConsumer<String, DeliveryMessages> send) {
    this.devices = devices;
    this.cluster = cluster;
    this.fewGateways = fewGateways;
    this.send = send;
  }

  /** Tells the user's devices but the one that did it; {@code notTo} may be null. */
  Future<Void> settings(UserId user, DeviceId notTo, InboxState state) {
    return gatewaysOf(List.of(user))
        .map(
            gateways -> {
              gateways
                  .getOrDefault(user, Set.of())
                  .forEach(gateway -> send.accept(gateway, new DeliverInbox(user, notTo, state)));
              return null;
            });
  }

  /** Tells each user's gateways which of their read cursors moved: one message a gateway. */
  Future<Void> reads(ReadsMoved moved) {
    return gatewaysOf(moved.moves().stream().map(ReadMoved::userId).distinct().toList())
        .map(
            gateways -> {
              Map<String, List<ReadMoved>> byGateway = new HashMap<>();
              for (ReadMoved move : moved.moves()) {
                for (String gateway : gateways.getOrDefault(move.userId(), Set.of())) {
                  byGateway.computeIfAbsent(gateway, any -> new ArrayList<>()).add(move);
                }
              }
              byGateway.forEach((gateway, moves) -> send.accept(gateway, new DeliverReads(moves)));
              return null;
            });
  }

  private Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
    Set<String> all = cluster.nodesWith(GATEWAY_ROLE);
    if (all.size() > fewGateways) {
      return devices.gatewaysOf(users);
    }
    Map<UserId, Set<String>> everywhere = new HashMap<>(2 * users.size());
    users.forEach(user -> everywhere.put(user, all));
    return Future.succeededFuture(everywhere);
  }
}

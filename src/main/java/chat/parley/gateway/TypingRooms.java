package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.PresenceMessages.TypingAudience;
import chat.parley.bus.PresenceMessages.TypingQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.registry.ClusterView;
import chat.parley.registry.DeviceRegistry;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom to tell that somebody types, and at which gateways they are: asked once, then remembered for
 * some seconds, so that a conversation in which people write costs a question now and then and not
 * one a word.
 */
final class TypingRooms {
  private static final Duration EXPIRY = Duration.ofSeconds(5);
  private static final int MAX_ROOMS = 20_000;

  /** Up to so many gateways all are told, and drop what is not theirs: cheaper than to look. */
  private static final int FEW_GATEWAYS = 3;

  private static final String GATEWAY_ROLE = "gateway";

  /**
   * A conversation.
   *
   * @param byGateway its members; nobody where it is large
   * @param mayWrite of whom that is known
   */
  record Room(Map<String, List<UserId>> byGateway, boolean large, Set<UserId> mayWrite) {}

  private final Bus bus;
  private final DeviceRegistry devices;
  private final ClusterView cluster;
  private final LiveMeters meters;
  private final HomeLoop loop;
  private final Cache<ConversationId, Room> rooms;

  TypingRooms(GatewayPieces pieces, LiveMeters meters, HomeLoop loop) {
    this.bus = pieces.bus();
    this.devices = pieces.registry();
    this.cluster = pieces.live().cluster();
    this.meters = meters;
    this.loop = loop;
    InstantSource clock = pieces.steady();
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.rooms =
        Caffeine.newBuilder()
            .maximumSize(MAX_ROOMS)
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** Its members have changed. */
  void forget(ConversationId conversation) {
    rooms.invalidate(conversation);
  }

  /** The room in which this user may write; fails as the user is to be refused. */
  Future<Room> of(ConversationId conversation, UserId user) {
    Room known = rooms.getIfPresent(conversation);
    if (known != null && known.mayWrite().contains(user)) {
      return Future.succeededFuture(known);
    }
    meters.sent(LiveMeters.Message.QUESTION);
    return loop.bring(
            bus.request(
                    Addresses.PRESENCE, new TypingQuery(user, conversation), TypingAudience.class)
                .compose(audience -> room(audience, user)))
        .onSuccess(room -> remember(conversation, room));
  }

  private void remember(ConversationId conversation, Room room) {
    Room known = rooms.getIfPresent(conversation);
    if (known != null && known.large() && room.large()) {
      known.mayWrite().addAll(room.mayWrite()); // of a large one they become known one by one
    } else {
      rooms.put(conversation, room);
    }
  }

  private Future<Room> room(TypingAudience audience, UserId asker) {
    Set<UserId> mayWrite = new HashSet<>(audience.members());
    audience.silent().forEach(mayWrite::remove);
    mayWrite.add(asker);
    return byGateway(audience.members())
        .map(byGateway -> new Room(byGateway, audience.large(), mayWrite));
  }

  private Future<Map<String, List<UserId>>> byGateway(List<UserId> members) {
    Set<String> gateways = cluster.nodesWith(GATEWAY_ROLE);
    Map<String, List<UserId>> split = new HashMap<>();
    if (members.isEmpty() || gateways.size() <= FEW_GATEWAYS) {
      gateways.forEach(gateway -> split.put(gateway, members));
      return Future.succeededFuture(split);
    }
    return devices
        .gatewaysOf(members)
        .map(
            found -> {
              found.forEach(
                  (user, nodes) ->
                      nodes.forEach(
                          node -> split.computeIfAbsent(node, any -> new ArrayList<>()).add(user)));
              return split;
            });
  }
}

package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.registry.DeviceRegistry;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Tells the other members' devices that somebody's cursor moved: soft state, collected for a moment
 * so that only the highest of a cursor goes out, and shed when too much waits. Belongs to one event
 * loop.
 */
final class ReceiptFanOut {
  /**
   * Short, because another node may be the one that sees a member leave; on the node that does, the
   * entry goes at once.
   */
  private static final Duration MEMBERS_EXPIRY = Duration.ofSeconds(2);

  private record Cursor(ConversationId conversation, UserId user, ReceiptKind kind) {}

  private final Conversations conversations;
  private final DeviceRegistry devices;
  private final BiConsumer<String, DeliverSoft> send;
  private final FanOutSettings settings;
  private final FanOutMeters meters;
  private final Cache<ConversationId, List<UserId>> members;
  private Map<Cursor, Long> waiting = new LinkedHashMap<>();

  ReceiptFanOut(
      Conversations conversations,
      DeviceRegistry devices,
      BiConsumer<String, DeliverSoft> send,
      FanOutSettings settings,
      FanOutMeters meters,
      Ticker ticker) {
    this.conversations = conversations;
    this.devices = devices;
    this.send = send;
    this.settings = settings;
    this.meters = meters;
    this.members =
        Caffeine.newBuilder()
            .maximumSize(settings.maxConversations())
            .expireAfterWrite(MEMBERS_EXPIRY)
            .ticker(ticker)
            .build();
  }

  /** Takes a receipt in; answers whether it is the first that waits, so that a flush is due. */
  boolean add(ReceiptMoved receipt) {
    Cursor cursor = new Cursor(receipt.conversationId(), receipt.userId(), receipt.kind());
    if (waiting.size() >= settings.maxReceipts() && !waiting.containsKey(cursor)) {
      meters.shed();
      return false;
    }
    boolean first = waiting.isEmpty();
    waiting.merge(cursor, receipt.seq(), Math::max);
    return first;
  }

  /** The members of this conversation have changed. */
  void forget(ConversationId conversation) {
    members.invalidate(conversation);
  }

  /**
   * Sends what has been collected; a failure costs these ticks and nothing else. Where members of
   * one conversation cannot be read the others' ticks are sent all the same.
   */
  Future<Void> flush() {
    Map<Cursor, Long> now = waiting;
    waiting = new LinkedHashMap<>();
    Map<ConversationId, Future<List<UserId>>> audiences = new LinkedHashMap<>();
    now.keySet()
        .forEach(cursor -> audiences.computeIfAbsent(cursor.conversation(), this::membersOf));
    return Future.join(List.copyOf(audiences.values()))
        .otherwiseEmpty()
        .compose(
            done -> {
              audiences.values().removeIf(Future::failed);
              now.keySet().removeIf(cursor -> !audiences.containsKey(cursor.conversation()));
              Set<UserId> users = new HashSet<>();
              audiences.values().forEach(audience -> users.addAll(audience.result()));
              return users.isEmpty() ? Future.succeededFuture(Map.of()) : devices.gatewaysOf(users);
            })
        .map(
            gatewaysOf -> {
              now.forEach(
                  (cursor, seq) ->
                      tell(cursor, seq, audiences.get(cursor.conversation()).result(), gatewaysOf));
              return null;
            });
  }

  private void tell(
      Cursor cursor, long seq, List<UserId> members, Map<UserId, Set<String>> gatewaysOf) {
    if (!members.contains(cursor.user())) {
      return;
    }
    List<UserId> others = new ArrayList<>(members);
    others.remove(cursor.user());
    Map<String, List<UserId>> split = FanOutPlan.split(others, gatewaysOf);
    if (split.isEmpty()) {
      return;
    }
    byte[] frame = frame(cursor, seq);
    split.forEach(
        (gateway, users) ->
            send.accept(gateway, new DeliverSoft(cursor.conversation(), users, frame, seq)));
    meters.receipts(others.size());
  }

  /** Current members; none where there are too many to be told of single receipts. */
  private Future<List<UserId>> membersOf(ConversationId conversation) {
    List<UserId> cached = members.getIfPresent(conversation);
    if (cached != null) {
      return Future.succeededFuture(cached);
    }
    return conversations
        .members(conversation)
        .map(
            all -> {
              List<UserId> users = toldOf(all);
              members.put(conversation, users);
              return users;
            });
  }

  private List<UserId> toldOf(Members all) {
    List<Stint> current = all.current();
    return current.size() > settings.exactReceiptsUpTo()
        ? List.of()
        : current.stream().map(Stint::userId).toList();
  }

  private static byte[] frame(Cursor cursor, long seq) {
    String type = cursor.kind() == ReceiptKind.READ ? "receipt.read" : "receipt.delivered";
    return new JsonObject()
        .put("t", type)
        .put(
            "d",
            new JsonObject()
                .put("conversationId", cursor.conversation().value())
                .put("userId", cursor.user().value())
                .put("seq", seq))
        .encode()
        .getBytes(StandardCharsets.UTF_8);
  }
}

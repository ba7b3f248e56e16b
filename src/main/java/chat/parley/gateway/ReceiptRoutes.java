package chat.parley.gateway;

import chat.parley.auth.Devices;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.DeviceReceipt;
import chat.parley.bus.ReceiptMessages.MemberReceipt;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.bus.ReceiptMessages.ReceiptCounts;
import chat.parley.bus.ReceiptMessages.Receipts;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.MessageId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Cursors of a device and a user, and how far the others are. */
final class ReceiptRoutes {
  private static final int MAX_BATCH = 1_000;

  /** The seq of a delivered cursor is not known here; who stores it finds it. */
  private static final long UNKNOWN_SEQ = -1;

  /** In larger conversations nobody counts devices: each member's are a read. */
  private static final int DEVICES_UP_TO = 32;

  private final Bus bus;
  private final Devices devices;

  ReceiptRoutes(EdgeServices services) {
    this.bus = services.bus();
    this.devices = services.devices();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.POST, "/v1/conversations/:conversationId/read", this::read);
    routes.signedIn(HttpMethod.GET, "/v1/conversations/:conversationId/receipts", this::receipts);
    routes.signedIn(HttpMethod.POST, "/v1/receipts:batch", this::batch);
  }

  /**
   * Asks for the conversation first: a cursor of what one may not see would be dropped silently.
   */
  private Future<RestAnswer> read(RestRequest request) {
    ConversationId conversation = request.conversationId();
    Future<Long> seq = readSeq(request, conversation);
    return seq.compose(upTo -> Membership.of(bus, request.self(), conversation).map(upTo))
        .compose(
            upTo ->
                move(
                    new MoveCursors(
                        List.of(),
                        List.of(
                            new Read(
                                request.self(),
                                request.principal().deviceId(),
                                conversation,
                                upTo)))));
  }

  private Future<Long> readSeq(RestRequest request, ConversationId conversation) {
    JsonInput json = request.json();
    if (json.has("seq") == json.has("lastReadMessageId")) {
      throw JsonInput.refused("one of seq and lastReadMessageId is required");
    }
    if (json.has("seq")) {
      return Future.succeededFuture(json.count("seq"));
    }
    String messageId = json.id("lastReadMessageId");
    boolean here =
        MessageId.parse(messageId)
            .filter(id -> id.conversationId().equals(conversation))
            .isPresent();
    if (!here) {
      throw JsonInput.refused("lastReadMessageId must be a message of this conversation");
    }
    return MessageRoutes.message(bus, request, messageId).map(found -> found.change().seq());
  }

  private Future<RestAnswer> batch(RestRequest request) {
    JsonInput json = request.json();
    UserId user = request.self();
    DeviceId device = request.principal().deviceId();
    List<Read> read =
        json.cursors("read", MAX_BATCH).entrySet().stream()
            .map(entry -> new Read(user, device, entry.getKey(), entry.getValue()))
            .toList();
    List<Delivered> delivered =
        json.cursors("delivered", MAX_BATCH).entrySet().stream()
            .map(
                entry -> new Delivered(user, device, entry.getKey(), entry.getValue(), UNKNOWN_SEQ))
            .toList();
    return read.isEmpty() && delivered.isEmpty()
        ? Future.succeededFuture(RestAnswer.done())
        : move(new MoveCursors(delivered, read));
  }

  private Future<RestAnswer> move(MoveCursors cursors) {
    return bus.request(Addresses.RECEIPTS, cursors, Moved.class).map(moved -> RestAnswer.done());
  }

  private Future<RestAnswer> receipts(RestRequest request) {
    long seq = request.count("seq").orElseThrow(() -> JsonInput.refused("seq is required"));
    return bus.request(
            Addresses.RECEIPTS,
            new ReceiptsQuery(request.self(), request.conversationId(), seq),
            ReceiptMessages.class)
        .compose(answer -> withDevices(seq, answer))
        .map(RestAnswer::ok);
  }

  private Future<JsonObject> withDevices(long seq, ReceiptMessages answer) {
    JsonObject json = json(seq, answer);
    if (!(answer instanceof Receipts receipts) || receipts.items().size() >= DEVICES_UP_TO) {
      return Future.succeededFuture(json);
    }
    List<Future<DeviceCount>> counts =
        receipts.items().stream().map(member -> devices(seq, member)).toList();
    return Future.all(counts)
        .map(
            done -> {
              DeviceCount all =
                  counts.stream().map(Future::result).reduce(DeviceCount.NONE, DeviceCount::and);
              return json.put("devices", all.all()).put("deliveredDevices", all.delivered());
            });
  }

  /** So many devices, and so many of these have the message. */
  private record DeviceCount(int all, int delivered) {
    static final DeviceCount NONE = new DeviceCount(0, 0);

    DeviceCount and(DeviceCount other) {
      return new DeviceCount(all + other.all, delivered + other.delivered);
    }
  }

  /** A device that was signed out counts no more, whatever it had. */
  private Future<DeviceCount> devices(long seq, MemberReceipt member) {
    return devices
        .of(member.userId())
        .map(
            signedIn -> {
              Set<DeviceId> having =
                  member.devices().stream()
                      .filter(device -> device.seq() >= seq)
                      .map(DeviceReceipt::deviceId)
                      .collect(Collectors.toSet());
              return new DeviceCount(
                  signedIn.size(),
                  (int) signedIn.stream().filter(one -> having.contains(one.deviceId())).count());
            });
  }

  private static JsonObject json(long seq, ReceiptMessages answer) {
    return answer instanceof ReceiptCounts counts
        ? new JsonObject()
            .put("seq", seq)
            .put("delivered", counts.delivered())
            .put("read", counts.read())
        : json(seq, ((Receipts) answer).items());
  }

  private static JsonObject json(long seq, List<MemberReceipt> receipts) {
    JsonArray items = new JsonArray();
    for (MemberReceipt receipt : receipts) {
      items.add(
          new JsonObject()
              .put("userId", receipt.userId().value())
              .put("deliveredSeq", receipt.deliveredSeq())
              .put("readSeq", receipt.readSeq()));
    }
    return new JsonObject()
        .put("seq", seq)
        .put("items", items)
        .put("delivered", receipts.stream().filter(one -> one.deliveredSeq() >= seq).count())
        .put("read", receipts.stream().filter(one -> one.readSeq() >= seq).count());
  }
}

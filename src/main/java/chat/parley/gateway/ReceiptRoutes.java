package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.Delivered;
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

/** Cursors of a device and a user, and how far the others are. */
final class ReceiptRoutes {
  private static final int MAX_BATCH = 1_000;

  /** The seq of a delivered cursor is not known here; who stores it finds it. */
  private static final long UNKNOWN_SEQ = -1;

  private final Bus bus;

  ReceiptRoutes(EdgeServices services) {
    this.bus = services.bus();
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
        .map(answer -> RestAnswer.ok(json(seq, answer)));
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

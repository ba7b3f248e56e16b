package chat.parley.gateway;

import chat.parley.auth.Revocations;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.QueryMessages.ReceiptView;
import chat.parley.bus.QueryMessages.SyncPage;
import chat.parley.bus.QueryMessages.SyncQuery;
import chat.parley.gateway.LongPolls.Poll;
import chat.parley.gateway.LongPolls.Wake;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** All conversations at once: what a device lacks, page by page, and a wait for more. */
final class SyncRoutes {
  private static final int USUAL_PAGE = 100;
  private static final int MAX_PAGE = 500;
  private static final long MAX_WAIT_SECONDS = 30;

  private final Bus bus;
  private final LongPolls polls;
  private final int budget;
  private final SyncTurns turns;
  private final Revocations revocations;

  SyncRoutes(EdgeServices services) {
    this.bus = services.bus();
    this.polls = services.polls();
    this.budget = services.syncBudget();
    this.turns = services.guard().syncs();
    this.revocations = services.security().revocations();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/sync", this::sync);
  }

  private Future<RestAnswer> sync(RestRequest request) {
    SyncQuery query =
        new SyncQuery(
            request.self(),
            request.principal().deviceId(),
            request.query("cursor").orElse(null),
            request.limit(USUAL_PAGE, MAX_PAGE),
            budget);
    long wait = Math.min(MAX_WAIT_SECONDS, request.count("wait").orElse(0L));
    if (turns.isCrowded()) {
      return Future.failedFuture(TryLater.because("too many devices sync at once"));
    }
    return (wait == 0 ? look(request, query) : poll(request, query, wait))
        .compose(page -> stillSignedIn(request).map(RestAnswer.ok(json(page))));
  }

  /** A call may have waited for half a minute, and the word that its device is out may be lost. */
  private Future<Void> stillSignedIn(RestRequest request) {
    return revocations.isRevoked(request.principal().family())
        ? Future.failedFuture(LongPolls.signedOut())
        : Future.succeededFuture();
  }

  private Future<SyncPage> look(RestRequest request, SyncQuery query) {
    return turns.begin(() -> page(request, query));
  }

  private Future<SyncPage> page(RestRequest request, SyncQuery query) {
    return request.ifAwaited(() -> bus.request(Addresses.QUERIES, query, SyncPage.class));
  }

  private Future<SyncPage> poll(RestRequest request, SyncQuery query, long waitSeconds) {
    return polls
        .open(request.principal())
        .compose(
            poll -> {
              request.onGone(poll::end);
              long timer = request.vertx().setTimer(waitSeconds * 1_000, over -> poll.end());
              return lookUntilThereIsSomething(request, poll, query)
                  .onComplete(
                      done -> {
                        request.vertx().cancelTimer(timer);
                        polls.close(poll);
                      });
            });
  }

  private Future<SyncPage> lookUntilThereIsSomething(
      RestRequest request, Poll poll, SyncQuery query) {
    poll.arm();
    return look(request, query)
        .compose(
            page ->
                isSomething(page)
                    ? Future.succeededFuture(page)
                    : polls
                        .follow(poll, page.large())
                        .compose(
                            isNew -> isNew ? Future.succeededFuture(Wake.LOOK) : polls.sleep(poll))
                        .compose(
                            woken ->
                                woken == Wake.END
                                    ? Future.succeededFuture(page)
                                    : lookUntilThereIsSomething(request, poll, query)));
  }

  private static boolean isSomething(SyncPage page) {
    return !page.changes().isEmpty() || !page.reset().isEmpty() || page.hasMore();
  }

  /** A change's payload is the JSON that clients see, so it is passed on without being parsed. */
  private static Buffer json(SyncPage page) {
    Buffer json = Buffer.buffer("{\"changes\":[");
    for (int i = 0; i < page.changes().size(); i++) {
      json.appendString(i == 0 ? "" : ",").appendBytes(page.changes().get(i).payload());
    }
    JsonArray receipts = new JsonArray();
    page.receipts().forEach(receipt -> receipts.add(json(receipt)));
    JsonArray reset = new JsonArray();
    page.reset().forEach(conversation -> reset.add(conversation.value()));
    return json.appendString("],\"receipts\":" + receipts.encode())
        .appendString(",\"cursor\":\"" + page.cursor() + "\"")
        .appendString(",\"hasMore\":" + page.hasMore())
        .appendString(",\"reset\":" + reset.encode() + "}");
  }

  private static JsonObject json(ReceiptView receipt) {
    return new JsonObject()
        .put("conversationId", receipt.conversationId().value())
        .put("userId", receipt.userId().value())
        .put("deliveredSeq", receipt.deliveredSeq())
        .put("readSeq", receipt.readSeq());
  }
}

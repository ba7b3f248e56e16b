package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.Direction;
import chat.parley.bus.QueryMessages.MessagesPage;
import chat.parley.bus.QueryMessages.MessagesQuery;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Optional;

/** Pages of a conversation: its messages, or all of its changes. */
final class HistoryRoutes {
  private static final int USUAL_MESSAGES = 50;
  private static final int MAX_MESSAGES = 100;
  private static final int USUAL_CHANGES = 100;
  private static final int MAX_CHANGES = 500;
  private static final Map<String, Direction> DIRECTIONS =
      Map.of("before", Direction.BEFORE, "after", Direction.AFTER, "around", Direction.AROUND);

  private final Bus bus;
  private final SyncTurns turns;

  HistoryRoutes(EdgeServices services) {
    this.bus = services.bus();
    this.turns = services.guard().syncs();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/conversations/:conversationId/messages", this::messages);
    routes.signedIn(HttpMethod.GET, "/v1/conversations/:conversationId/changes", this::changes);
  }

  private Future<RestAnswer> messages(RestRequest request) {
    return bus.request(Addresses.QUERIES, messagesQuery(request), MessagesPage.class)
        .map(
            page ->
                RestAnswer.ok(
                    new JsonObject()
                        .put("items", WireJson.messages(page.items()))
                        .put("hasMore", page.hasMore())));
  }

  private static MessagesQuery messagesQuery(RestRequest request) {
    Direction direction = Direction.LATEST;
    long changeSeq = 0;
    for (Map.Entry<String, Direction> way : DIRECTIONS.entrySet()) {
      Optional<Long> from = request.count(way.getKey());
      if (from.isPresent() && direction != Direction.LATEST) {
        throw JsonInput.refused("only one of before, after and around may be given");
      }
      if (from.isPresent()) {
        direction = way.getValue();
        changeSeq = from.get();
      }
    }
    int limit = request.limit(USUAL_MESSAGES, MAX_MESSAGES);
    return new MessagesQuery(request.self(), request.conversationId(), direction, changeSeq, limit);
  }

  private Future<RestAnswer> changes(RestRequest request) {
    ChangesQuery query =
        new ChangesQuery(
            request.self(),
            request.conversationId(),
            request.count("after").orElse(0L),
            request.limit(USUAL_CHANGES, MAX_CHANGES));
    return turns.goOn(() -> page(request, query)).map(page -> RestAnswer.ok(spliced(page)));
  }

  private Future<ChangesPage> page(RestRequest request, ChangesQuery query) {
    return request.ifAwaited(() -> bus.request(Addresses.QUERIES, query, ChangesPage.class));
  }

  /** A change's payload is the JSON that clients see, so it is passed on without being parsed. */
  private static Buffer spliced(ChangesPage page) {
    Buffer json = Buffer.buffer("{\"items\":[");
    for (int i = 0; i < page.items().size(); i++) {
      json.appendString(i == 0 ? "" : ",").appendBytes(page.items().get(i).payload());
    }
    return json.appendString("],\"headChangeSeq\":" + page.headChangeSeq())
        .appendString(",\"hasMore\":" + page.hasMore() + "}");
  }
}

package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Asks for pages of the log in a user's name and writes them as fast as the client reads. */
final class LogPages {
  private static final int MAX_PART = 50;

  private final Bus bus;
  private final GatewaySettings settings;

  LogPages(Bus bus, GatewaySettings settings) {
    this.bus = bus;
    this.settings = settings;
  }

  /** Changes after a number that the connection's user may read, as a client asks for them. */
  Future<ChangesPage> ask(
      Connection connection, ConversationId conversation, long after, int limit) {
    return ask(
        new ChangesQuery(connection.principal().userId(), conversation, after, limit, false));
  }

  /** Changes after a number that are due to the connection's user, a page of the usual size. */
  Future<ChangesPage> due(Connection connection, ConversationId conversation, long after) {
    return ask(
        new ChangesQuery(
            connection.principal().userId(), conversation, after, settings.syncPage(), true));
  }

  private Future<ChangesPage> ask(ChangesQuery query) {
    return bus.request(Addresses.QUERIES, query, ChangesPage.class);
  }

  /** Whether the log says that the user has no business here. */
  static boolean isRefused(Throwable cause) {
    return cause instanceof FailureException refused
        && (refused.failure() == Failure.NOT_A_MEMBER
            || refused.failure() == Failure.NOT_FOUND
            || refused.failure() == Failure.FORBIDDEN);
  }

  /** Gives a page to the feed's stream part by part, each when there is room for it. */
  Future<Void> pour(Connection connection, ConversationFeed feed, List<Change> items) {
    return inParts(connection, items, part -> connection.write(feed, feed.stream.page(part)), 0);
  }

  /** Hands items over part by part, each when there is room for it. */
  Future<Void> inParts(
      Connection connection, List<Change> items, Consumer<List<ChangeFrame>> sink, int from) {
    if (from >= items.size()) {
      return Future.succeededFuture();
    }
    return connection
        .outbound()
        .room()
        .compose(
            room -> {
              int maxBytes = settings.maxOutboundBytes() / 4;
              List<ChangeFrame> part = new ArrayList<>();
              int next = from;
              for (int bytes = 0;
                  next < items.size() && part.size() < MAX_PART && bytes < maxBytes;
                  next++) {
                ChangeFrame frame = ServerFrames.change(items.get(next));
                part.add(frame);
                bytes += frame.bytes();
              }
              sink.accept(part);
              return inParts(connection, items, sink, next);
            });
  }
}

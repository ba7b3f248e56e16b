package chat.parley.gateway;

import chat.parley.bus.QueryMessages.ChangesPage;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks the log for what a stream misses and for what a device did not ack. One question a feed at a
 * time; vain ones wait longer each time.
 */
final class GapRepair {
  private static final int MAX_VAIN_ATTEMPTS = 8;
  private static final long FIRST_WAIT_MS = 100;
  private static final long MAX_WAIT_MS = 5_000;

  private record Retry(Connection connection, ConversationFeed feed) {}

  private final LogPages pages;
  private final SyncTurns turns;
  private final GatewaySettings settings;
  private final GatewayMetrics metrics;
  private final Set<Retry> retries = new LinkedHashSet<>();

  GapRepair(LogPages pages, SyncTurns turns, GatewaySettings settings, GatewayMetrics metrics) {
    this.pages = pages;
    this.turns = turns;
    this.settings = settings;
    this.metrics = metrics;
  }

  /** Looks whether the feed misses something, and asks for it unless that is being done. */
  void check(Connection connection, ConversationFeed feed) {
    if (connection.stage() != Connection.Stage.LIVE || feed.asking || !feed.stream.wantsFill()) {
      return;
    }
    if (connection.nowMs() < feed.askAgainAt) {
      retries.add(new Retry(connection, feed));
      return;
    }
    metrics.gapRepaired();
    feed.asking = true;
    long after = feed.stream.fillFrom();
    long heard = feed.stream.heard();
    due(connection, feed, after)
        .compose(page -> fill(connection, feed, page))
        .onComplete(
            done -> {
              feed.asking = false;
              if (connection.isOpen()) {
                filled(connection, feed, after, feed.stream.heard() > heard, done.cause());
              }
            });
  }

  /** Asks again where a wait is over. */
  void tick() {
    for (Iterator<Retry> all = retries.iterator(); all.hasNext(); ) {
      Retry retry = all.next();
      if (!retry.connection().isOpen()) {
        all.remove();
      } else if (retry.connection().nowMs() >= retry.feed().askAgainAt) {
        all.remove();
        check(retry.connection(), retry.feed());
      }
    }
  }

  /** Sends again what a connection's device has not acked for too long. */
  void resendTo(Connection connection) {
    if (connection.stage() != Connection.Stage.LIVE) {
      return;
    }
    for (Iterator<ConversationFeed> all = connection.unackedFeeds().iterator(); all.hasNext(); ) {
      ConversationFeed feed = all.next();
      if (feed.unacked.isEmpty()) {
        all.remove();
      } else if (!feed.asking
          && feed.unacked.isDue(
              connection.nowMs(), settings.resendAfterMs(), settings.resendAttempts())) {
        resend(connection, feed);
      }
    }
  }

  /**
   * In turns: one change may make thousands of devices ask, and the store must have room for those
   * who write.
   */
  private Future<ChangesPage> due(Connection connection, ConversationFeed feed, long after) {
    return turns.repair(
        () ->
            connection.isOpen()
                ? pages.due(connection, feed.conversationId, after)
                : Future.failedFuture("the connection is closed"));
  }

  private Future<Void> fill(Connection connection, ConversationFeed feed, ChangesPage page) {
    long from =
        feed.stream.isStarted() || page.items().isEmpty()
            ? feed.stream.position()
            : page.items().get(0).changeSeq() - 1;
    if (page.headChangeSeq() - from > settings.syncBudget()) {
      connection.write(reset(feed, page.headChangeSeq(), page.headSeq()));
      List<ChangeFrame> next = feed.stream.skipTo(page.headChangeSeq(), page.ended());
      feed.reaches(page.headSeq());
      connection.write(feed, next);
      return Future.succeededFuture();
    }
    return pages.pour(connection, feed, page.items());
  }

  /** Tells a client that is too far behind to start anew from the head. */
  static String reset(ConversationFeed feed, long headChangeSeq, long headSeq) {
    return ServerFrames.of(
        "sync.reset",
        new JsonObject()
            .put("conversationId", feed.conversationId.value())
            .put("headSeq", headSeq)
            .put("headChangeSeq", headChangeSeq));
  }

  /**
   * @param outdated hints have come since the question was asked: an answer that there is nothing
   *     may not have known of them yet, and who forgot them would never be told
   */
  private void filled(
      Connection connection,
      ConversationFeed feed,
      long askedAfter,
      boolean outdated,
      Throwable failure) {
    if (failure != null && LogPages.isRefused(failure) && !outdated) {
      connection.write(feed, feed.stream.refused());
      return;
    }
    if (feed.stream.fillFrom() > askedAfter) {
      feed.vainAttempts = 0;
      feed.askAgainAt = 0;
    } else {
      feed.askAgainAt =
          connection.nowMs()
              + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS << Math.min(feed.vainAttempts, 10));
      feed.vainAttempts++;
      if (failure == null && !outdated && feed.vainAttempts > MAX_VAIN_ATTEMPTS) {
        // The log was asked often enough and has nothing more for this user: the hint was wrong.
        feed.stream.giveUp();
        feed.vainAttempts = 0;
      }
    }
    check(connection, feed);
  }

  private void resend(Connection connection, ConversationFeed feed) {
    metrics.resent();
    feed.asking = true;
    feed.unacked.resending(connection.nowMs());
    long upTo = feed.stream.position();
    due(connection, feed, feed.unacked.resendFrom())
        .compose(
            page ->
                pages.inParts(
                    connection,
                    page.items().stream().filter(item -> item.changeSeq() <= upTo).toList(),
                    part -> part.forEach(f -> connection.outbound().write(f.text(), f.bytes())),
                    0))
        .onComplete(
            done -> {
              feed.asking = false;
              if (done.failed() && LogPages.isRefused(done.cause())) {
                feed.unacked.clear();
              }
              if (connection.isOpen()) {
                check(connection, feed);
              }
            });
  }
}

package chat.parley.sync;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.QueryMessages.Cursor;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPlan;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.cursor.Cursors;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what a connecting device lacks: one read for the user's conversations, one for the device's
 * cursors, one question a shard owner for the heads.
 */
final class SyncPlanner {
  private final Conversations conversations;
  private final Cursors cursors;
  private final ShardRouter router;
  private final MessageLog log;

  SyncPlanner(Conversations conversations, Cursors cursors, ShardRouter router, MessageLog log) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.router = router;
    this.log = log;
  }

  Future<SyncPlan> plan(SyncPlanQuery query) {
    return Future.all(
            conversations.ofUser(query.userId()),
            cursors.deliveredTo(query.userId(), query.deviceId()))
        .compose(
            both -> {
              Map<ConversationId, Long> known = new HashMap<>(both.resultAt(1));
              for (Cursor cursor : query.cursors()) {
                known.put(cursor.conversationId(), cursor.changeSeq());
              }
              return plan(both.resultAt(0), known);
            });
  }

  private Future<SyncPlan> plan(List<Membership> memberships, Map<ConversationId, Long> known) {
    List<ConversationId> lasting =
        memberships.stream().filter(Membership::lasts).map(Membership::conversationId).toList();
    return router
        .sizedHeads(lasting)
        .compose(
            heads -> {
              List<Future<SyncItem>> items = new ArrayList<>();
              for (Membership membership : memberships) {
                Long cursor = known.get(membership.conversationId());
                if (membership.lasts()) {
                  Head head = heads.get(membership.conversationId());
                  Position end = new Position(head.changeSeq(), head.seq());
                  items.add(Future.succeededFuture(item(membership, cursor, end, head.large())));
                } else if (cursor != null && cursor < membership.leftChangeSeq()) {
                  items.add(endOf(membership).map(end -> item(membership, cursor, end, false)));
                }
              }
              return Future.all(items);
            })
        .map(all -> new SyncPlan(all.list()));
  }

  /** A conversation that was left ends with the leave, for this user. */
  private Future<Position> endOf(Membership left) {
    long end = left.leftChangeSeq();
    return log.ascending(left.conversationId(), end, end, 1)
        .map(rows -> new Position(end, rows.get(0).seq()));
  }

  private static SyncItem item(Membership membership, Long cursor, Position head, boolean large) {
    long joined = Math.max(0, membership.joinedChangeSeq() - 1);
    long after = Math.min(head.changeSeq(), cursor == null ? joined : Math.max(0, cursor));
    return new SyncItem(
        membership.conversationId(),
        after,
        head.changeSeq(),
        head.seq(),
        !membership.lasts(),
        large);
  }
}

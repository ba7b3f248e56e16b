package chat.parley.sync;

import chat.parley.bus.QueryMessages.Cursor;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPlan;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.cursor.Cursors;
import chat.parley.log.DamagedLogException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.sync.UserHeads.Standing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds what a device lacks: one read for the user's conversations, one for the device's cursors,
 * and the heads as {@link UserHeads} finds them. Then the conversations are read once more: a
 * removal up to a head must not be missing among them, or the device would go on as a member from
 * behind it. What was active last comes first.
 */
final class SyncPlanner {
  private final Conversations conversations;
  private final Cursors cursors;
  private final UserHeads heads;
  private final MessageLog log;

  SyncPlanner(Conversations conversations, Cursors cursors, UserHeads heads, MessageLog log) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.heads = heads;
    this.log = log;
  }

  Future<SyncPlan> plan(SyncPlanQuery query) {
    UserId user = query.userId();
    Future<Map<ConversationId, Standing>> standings =
        conversations.ofUser(user).compose(before -> standings(user, before));
    Future<Map<ConversationId, Long>> stored = cursors.deliveredTo(user, query.deviceId());
    return Future.all(standings, stored)
        .compose(both -> conversations.ofUser(user))
        .compose(
            now -> {
              Map<ConversationId, Long> known = new HashMap<>(stored.result());
              for (Cursor cursor : query.cursors()) {
                known.put(cursor.conversationId(), cursor.changeSeq());
              }
              return plan(now, standings.result(), known);
            });
  }

  private Future<Map<ConversationId, Standing>> standings(UserId user, List<Membership> all) {
    return heads.of(
        user, all.stream().filter(Membership::lasts).map(Membership::conversationId).toList());
  }

  private Future<SyncPlan> plan(
      List<Membership> memberships,
      Map<ConversationId, Standing> standings,
      Map<ConversationId, Long> known) {
    List<Future<SyncItem>> items = new ArrayList<>();
    for (Membership membership : newestFirst(memberships, standings)) {
      Long cursor = known.get(membership.conversationId());
      Standing standing = standings.get(membership.conversationId());
      if (!membership.lasts()) {
        if (cursor != null && cursor < membership.leftChangeSeq()) {
          items.add(endOf(membership).map(end -> item(membership, cursor, end, false)));
        }
      } else if (standing != null) { // else it began meanwhile, and comes as a change
        items.add(
            Future.succeededFuture(item(membership, cursor, standing.head(), standing.large())));
      }
    }
    return Future.all(items).map(all -> new SyncPlan(all.list()));
  }

  /** What is ahead of its row moves now; what was left comes last. */
  private static List<Membership> newestFirst(
      List<Membership> memberships, Map<ConversationId, Standing> standings) {
    return memberships.stream()
        .sorted(
            Comparator.comparingLong(
                    (Membership one) -> activeAt(standings.get(one.conversationId())))
                .reversed())
        .toList();
  }

  private static long activeAt(Standing standing) {
    if (standing == null) {
      return Long.MIN_VALUE;
    }
    return standing.isFollowed() ? standing.row().activeAt() : Long.MAX_VALUE;
  }

  /**
   * A conversation that was left ends with the leave, for this user, also where that is damaged.
   */
  private Future<Position> endOf(Membership left) {
    long end = left.leftChangeSeq();
    return log.ascending(left.conversationId(), end, end, 1)
        .map(rows -> new Position(end, rows.get(0).seq()))
        .recover(
            cause ->
                cause instanceof DamagedLogException
                    ? Future.succeededFuture(new Position(end, 0))
                    : Future.failedFuture(cause));
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
        large,
        membership.joinedChangeSeq());
  }
}

package chat.parley.sync;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.ReceiptView;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPage;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.bus.QueryMessages.SyncQuery;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.conversation.Members;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.cursor.Cursors.UserCursor;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.PrivateReceipts;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One page of all that a device lacks, over all conversations: the same plan as for a device that
 * connects, and of that only what moved is read. First it takes note of what the device has, as its
 * cursor says; that is durable before anything later is given out.
 */
final class SyncPager {
  /** In conversations of more members clients ask for receipts where they show them. */
  private static final int RECEIPTS_UP_TO = 8;

  /** How often a page is chosen anew because something of it cannot be read. */
  private static final int MOST_ROUNDS = 3;

  /** The seq of a delivered cursor is not known here; who stores it finds it. */
  private static final long UNKNOWN_SEQ = -1;

  /** What a page holds of one conversation, and up to where. */
  private record Part(ConversationId conversation, List<Change> changes, long upTo, boolean more) {}

  /** What is to go into a page. */
  private record Choice(
      List<SyncItem> resets, List<SyncItem> paged, List<ConversationId> large, boolean more) {}

  private final Bus bus;
  private final Conversations conversations;
  private final Cursors cursors;
  private final PrivateReceipts privateReceipts;
  private final UserHeads heads;
  private final SyncPlanner planner;
  private final HistoryReader history;

  SyncPager(SyncVerticle.Parts parts, UserHeads heads, SyncPlanner planner, HistoryReader history) {
    this.bus = parts.bus();
    this.conversations = parts.conversations();
    this.cursors = parts.cursors();
    this.privateReceipts = parts.receipts();
    this.heads = heads;
    this.planner = planner;
    this.history = history;
  }

  Future<SyncPage> page(SyncQuery query) {
    return keep(query)
        .compose(
            kept -> planner.plan(new SyncPlanQuery(query.userId(), query.deviceId(), List.of())))
        .compose(plan -> read(query, plan.items(), MOST_ROUNDS));
  }

  /** The device has what the page of its cursor brought. */
  private Future<Void> keep(SyncQuery query) {
    if (query.cursor() == null) {
      return Future.succeededFuture();
    }
    Map<Long, Long> page = SyncCursor.decode(query.userId(), query.deviceId(), query.cursor());
    if (page.isEmpty()) {
      return Future.succeededFuture();
    }
    return conversations
        .ofUser(query.userId())
        .compose(
            memberships -> {
              Map<Membership, Long> kept = new LinkedHashMap<>();
              for (Membership membership : memberships) {
                Long upTo = page.get(SyncCursor.tag(membership.conversationId()));
                if (upTo != null) {
                  kept.put(membership, upTo);
                }
              }
              return store(query, kept);
            });
  }

  /**
   * Here and at once, because the receipts stage may take its time with those of large
   * conversations; there it is for the others' ticks. Nobody has what is beyond the head, and who
   * has left has all up to their leave: their inbox's row, which may tell the head, ends before it.
   */
  private Future<Void> store(SyncQuery query, Map<Membership, Long> kept) {
    List<ConversationId> lasting =
        kept.keySet().stream().filter(Membership::lasts).map(Membership::conversationId).toList();
    return heads
        .of(query.userId(), lasting)
        .compose(
            standings -> {
              List<Cursors.Delivered> delivered = new ArrayList<>();
              List<Delivered> told = new ArrayList<>();
              kept.forEach(
                  (membership, upTo) -> {
                    ConversationId id = membership.conversationId();
                    long end =
                        membership.lasts()
                            ? standings.get(id).head().changeSeq()
                            : membership.leftChangeSeq();
                    long bounded = Math.min(upTo, end);
                    delivered.add(
                        new Cursors.Delivered(
                            query.userId(), query.deviceId(), id, bounded, UNKNOWN_SEQ));
                    told.add(
                        new Delivered(query.userId(), query.deviceId(), id, bounded, UNKNOWN_SEQ));
                  });
              return bus.request(Addresses.RECEIPTS, new MoveCursors(told, List.of()), Moved.class)
                  .compose(moved -> cursors.move(delivered, List.of()));
            });
  }

  /** In the plan's order, until the page is full. */
  private static Choice choose(SyncQuery query, List<SyncItem> items) {
    List<SyncItem> resets = new ArrayList<>();
    List<SyncItem> paged = new ArrayList<>();
    List<ConversationId> large =
        items.stream().filter(SyncItem::large).map(SyncItem::conversationId).toList();
    long room = query.limit();
    for (SyncItem item : items) {
      long lacks = item.headChangeSeq() - item.after();
      if (lacks <= 0) {
        continue;
      }
      boolean full = resets.size() + paged.size() == SyncCursor.MAX_ENTRIES;
      if (full || lacks <= query.budget() && room <= 0) {
        return new Choice(resets, paged, large, true);
      }
      if (lacks > query.budget()) {
        resets.add(item);
      } else {
        paged.add(item);
        room -= lacks;
      }
    }
    return new Choice(resets, paged, large, false);
  }

  /**
   * A conversation that cannot be read is left out, and its number stays where it is, so that it is
   * asked for again by the next call; where nothing can be read it is not that conversation alone.
   */
  private Future<SyncPage> read(SyncQuery query, List<SyncItem> items, int rounds) {
    Choice choice = choose(query, items);
    List<Future<Part>> parts = new ArrayList<>();
    long room = query.limit();
    for (SyncItem item : choice.paged()) {
      parts.add(part(query, item, (int) room));
      room -= item.headChangeSeq() - item.after();
    }
    return Future.join(parts)
        .transform(
            done -> {
              if (done.succeeded()) {
                return page(query, choice, parts.stream().map(Future::result).toList());
              }
              Set<ConversationId> unreadable = new HashSet<>();
              for (int i = 0; i < parts.size(); i++) {
                if (parts.get(i).failed()) {
                  unreadable.add(choice.paged().get(i).conversationId());
                }
              }
              boolean nothing = parts.size() > 1 && unreadable.size() == parts.size();
              return nothing || rounds == 1
                  ? Future.failedFuture(done.cause())
                  : read(query, without(unreadable, items), rounds - 1);
            });
  }

  private static List<SyncItem> without(Set<ConversationId> some, List<SyncItem> items) {
    return items.stream().filter(item -> !some.contains(item.conversationId())).toList();
  }

  /** The head was asked for before the stints are read, so a removal up to it is among them. */
  private Future<Part> part(SyncQuery query, SyncItem item, int limit) {
    ChangesQuery question =
        new ChangesQuery(query.userId(), item.conversationId(), item.after(), limit, true);
    return history
        .delivered(question, new Position(item.headChangeSeq(), item.headSeq()))
        .map(page -> new Part(item.conversationId(), page.items(), upTo(page), page.hasMore()))
        .recover(
            cause ->
                FailureException.isAnyOf(cause, Failure.NOT_FOUND, Failure.NOT_A_MEMBER)
                    ? Future.succeededFuture(new Part(item.conversationId(), List.of(), 0, false))
                    : Future.failedFuture(cause));
  }

  private static long upTo(ChangesPage page) {
    return page.hasMore()
        ? page.items().get(page.items().size() - 1).changeSeq()
        : page.headChangeSeq();
  }

  private Future<SyncPage> page(SyncQuery query, Choice choice, List<Part> parts) {
    Map<Long, Long> kept = new LinkedHashMap<>();
    List<Change> changes = new ArrayList<>();
    List<ConversationId> touched = new ArrayList<>();
    boolean more = choice.more();
    for (SyncItem reset : choice.resets()) {
      kept.put(SyncCursor.tag(reset.conversationId()), reset.headChangeSeq());
      touched.add(reset.conversationId());
    }
    for (Part part : parts) {
      kept.put(SyncCursor.tag(part.conversation()), part.upTo());
      touched.add(part.conversation());
      changes.addAll(part.changes());
      more |= part.more();
    }
    boolean hasMore = more;
    return receipts(query.userId(), touched)
        .map(
            receipts ->
                new SyncPage(
                    changes,
                    receipts,
                    SyncCursor.encode(query.userId(), query.deviceId(), kept),
                    hasMore,
                    choice.resets().stream().map(SyncItem::conversationId).toList(),
                    choice.large()));
  }

  /**
   * How far the members of what is on the page are, the user among them, but for those who keep
   * that to themselves.
   */
  private Future<List<ReceiptView>> receipts(UserId user, List<ConversationId> touched) {
    return Future.all(touched.stream().map(id -> receiptsOf(user, id)).toList())
        .map(all -> all.<List<ReceiptView>>list().stream().flatMap(List::stream).toList());
  }

  private Future<List<ReceiptView>> receiptsOf(UserId user, ConversationId conversation) {
    return conversations
        .count(conversation)
        .compose(
            count ->
                count.orElse(0) > RECEIPTS_UP_TO
                    ? Future.succeededFuture(Members.NONE)
                    : conversations.members(conversation))
        .compose(members -> cursorsOf(user, conversation, members))
        .compose(found -> toMember(user, conversation, found))
        .map(
            all ->
                all.stream()
                    .map(
                        one ->
                            new ReceiptView(
                                conversation,
                                one.userId(),
                                Math.max(one.deliveredSeq(), one.readSeq()),
                                one.readSeq()))
                    .toList());
  }

  /** Asked last: how far others are after a removal is not for who was removed. */
  private Future<List<UserCursor>> toMember(
      UserId user, ConversationId conversation, List<UserCursor> found) {
    return found.isEmpty()
        ? Future.succeededFuture(found)
        : conversations
            .stints(conversation, user)
            .map(own -> new Standing(own).current().isPresent() ? found : List.of());
  }

  private Future<List<UserCursor>> cursorsOf(
      UserId user, ConversationId conversation, Members members) {
    boolean told = members.current(user).isPresent() && members.count() <= RECEIPTS_UP_TO;
    if (!told) {
      return Future.succeededFuture(List.of());
    }
    List<Future<List<UserId>>> shown =
        members.current().stream()
            .map(Stint::userId)
            .map(member -> shownTo(user, member, conversation))
            .toList();
    return Future.all(shown)
        .compose(
            done ->
                cursors.of(
                    conversation, shown.stream().flatMap(one -> one.result().stream()).toList()));
  }

  private Future<List<UserId>> shownTo(UserId asker, UserId member, ConversationId conversation) {
    return member.equals(asker)
        ? Future.succeededFuture(List.of(member))
        : privateReceipts
            .of(member)
            .map(choices -> choices.hides(conversation) ? List.of() : List.of(member));
  }
}

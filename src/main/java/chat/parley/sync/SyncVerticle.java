package chat.parley.sync;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.QueryMessages.ChangesQuery;
import chat.parley.bus.QueryMessages.ChannelsQuery;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.InboxQuery;
import chat.parley.bus.QueryMessages.MembersQuery;
import chat.parley.bus.QueryMessages.MessageQuery;
import chat.parley.bus.QueryMessages.MessagesQuery;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.bus.QueryMessages.SyncQuery;
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.ConversationLog;
import chat.parley.log.MessageLog;
import chat.parley.personal.InboxRows;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import chat.parley.registry.ShardRouter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.util.function.LongSupplier;

/**
 * Answers questions about conversations: history, resync from cursors, the conversation list. Any
 * node will do.
 */
public final class SyncVerticle extends VerticleBase {
  private final Bus bus;
  private final HistoryReader history;
  private final ConversationReader details;
  private final ChannelFinder channels;
  private final InboxList inbox;
  private final SyncPlanner planner;
  private final SyncPager pager;
  private MessageConsumer<QueryMessages> consumer;

  /**
   * What the verticle reads.
   *
   * @param rowsAgeMs all that was in the stream so many milliseconds ago is in {@code rows}; {@code
   *     Long.MAX_VALUE} where that is not known
   */
  public record Parts(
      Bus bus,
      ConversationLog log,
      Conversations conversations,
      ChannelNames names,
      Cursors cursors,
      PersonalSettings settings,
      PrivateReceipts receipts,
      InboxRows rows,
      LongSupplier rowsAgeMs,
      ShardRouter router,
      Clock clock,
      MeterRegistry meters) {}

  public SyncVerticle(Parts parts) {
    this.bus = parts.bus();
    MessageLog log = parts.log().reads();
    this.history =
        new HistoryReader(
            log, new LatestStates(parts.log().amendments()), parts.conversations(), parts.router());
    this.details = new ConversationReader(parts.conversations());
    this.channels = new ChannelFinder(parts.names(), details);
    UserHeads heads =
        new UserHeads(
            parts.rows(), UserHeads.Owners.of(parts.router()), parts.rowsAgeMs(), parts.meters());
    this.inbox = new InboxList(history, details, heads, parts);
    this.planner = new SyncPlanner(parts.conversations(), parts.cursors(), heads, log);
    this.pager = new SyncPager(parts, heads, planner, history);
  }

  @Override
  public Future<?> start() {
    return bus.answer(Addresses.QUERIES, this::answer).onSuccess(listening -> consumer = listening);
  }

  @Override
  public Future<?> stop() {
    return consumer.unregister();
  }

  private Future<? extends QueryMessages> answer(QueryMessages question) {
    if (question instanceof ChangesQuery query) {
      return history.changes(query);
    }
    if (question instanceof MessagesQuery query) {
      return history.messages(query);
    }
    if (question instanceof MessageQuery query) {
      return history.message(query);
    }
    if (question instanceof ConversationQuery query) {
      return details.conversation(query);
    }
    if (question instanceof MembersQuery query) {
      return details.members(query);
    }
    if (question instanceof ChannelsQuery query) {
      return channels.find(query);
    }
    if (question instanceof InboxQuery query) {
      return inbox.page(query);
    }
    if (question instanceof SyncPlanQuery query) {
      return planner.plan(query);
    }
    if (question instanceof SyncQuery query) {
      return pager.page(query);
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not a question"));
  }
}

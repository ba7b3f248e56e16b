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
import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.ConversationLog;
import chat.parley.log.MessageLog;
import chat.parley.registry.ShardRouter;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;

/**
 * Answers questions about conversations: history, resync from cursors, the conversation list. Any
 * node will do.
 */
public final class SyncVerticle extends VerticleBase {
  private final Bus bus;
  private final HistoryReader history;
  private final ConversationReader details;
  private final ChannelFinder channels;
  private final InboxReader inbox;
  private final SyncPlanner planner;
  private MessageConsumer<QueryMessages> consumer;

  public SyncVerticle(
      Bus bus,
      ConversationLog stored,
      Conversations conversations,
      ChannelNames names,
      Cursors cursors,
      ShardRouter router) {
    MessageLog log = stored.reads();
    this.bus = bus;
    this.history =
        new HistoryReader(log, new LatestStates(stored.amendments()), conversations, router);
    this.details = new ConversationReader(conversations);
    this.channels = new ChannelFinder(names, details);
    this.inbox = new InboxReader(history, details, log, conversations, cursors);
    this.planner = new SyncPlanner(conversations, cursors, router, log);
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
      return inbox.inbox(query);
    }
    if (question instanceof SyncPlanQuery query) {
      return planner.plan(query);
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not a question"));
  }
}

package chat.parley.ingest;

import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.MessageAmended;
import chat.parley.event.Change;
import chat.parley.ingest.AmendDraft.About;
import chat.parley.ingest.AmendDraft.AlreadySo;
import chat.parley.log.Amendment;
import chat.parley.log.Amendments;
import chat.parley.log.MessageLog;
import chat.parley.log.MessageState;
import chat.parley.log.OpenConversation;
import chat.parley.log.OwnedLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;

/**
 * Alters messages that are there. Reads the message first, which sends never do. What is asked for
 * a second time, be it that the first answer got lost, is answered with the change that is there.
 */
final class MessageAmender {
  private final OwnedLog log;
  private final MessageLog reads;
  private final Amendments amendments;
  private final MessageSettings settings;
  private final Clock clock;

  MessageAmender(
      OwnedLog log,
      MessageLog reads,
      Amendments amendments,
      MessageSettings settings,
      Clock clock) {
    this.log = log;
    this.reads = reads;
    this.amendments = amendments;
    this.settings = settings;
    this.clock = clock;
  }

  Future<MessageAmended> amend(Amend command, OpenConversation<ConversationState> open) {
    ConversationState state = open.attachment();
    MessageRules.check(command, state); // Before anything is read for a stranger.
    return state
        .targets()
        .with(
            command.target(),
            () -> load(open, command.conversationId(), command.target()),
            message ->
                amend(open, AmendDraft.of(command, new About(state, message, settings, clock))));
  }

  private Future<MessageAmended> amend(OpenConversation<ConversationState> open, AmendDraft draft) {
    MessageState message = draft.about().message();
    return open.append(draft)
        .map(
            appended -> {
              long number = appended.change().changeSeq();
              return new MessageAmended(number, message.seq(), number, true);
            })
        .recover(
            cause ->
                cause instanceof AlreadySo so
                    // By a change, perhaps, that is not durable yet.
                    ? open.acknowledged()
                        .map(
                            new MessageAmended(
                                so.changeSeq(), message.seq(), message.version(), false))
                    : Future.failedFuture(cause));
  }

  private Future<MessageState> load(
      OpenConversation<ConversationState> open, ConversationId conversation, long target) {
    return headAt(open, conversation, target)
        .compose(head -> reads.ascending(conversation, target, head.changeSeq(), 1))
        .compose(
            rows -> {
              if (rows.isEmpty() || !rows.get(0).type().isMessage()) {
                return Future.failedFuture(MessageRules.noSuchMessage());
              }
              return amendments
                  .of(conversation, target, target)
                  .map(found -> state(rows.get(0), found));
            });
  }

  /** A message may be acked and not be in the log yet: where acks come from the journal. */
  private Future<Position> headAt(
      OpenConversation<ConversationState> open, ConversationId conversation, long target) {
    return log.head(conversation)
        .compose(
            head ->
                target <= head.changeSeq()
                    ? Future.succeededFuture(head)
                    : open.inLog().compose(done -> log.head(conversation)));
  }

  private static MessageState state(Change message, List<Amendment> amendments) {
    MessageState state = MessageState.of(message);
    amendments.forEach(amendment -> state.apply(amendment.change()));
    return state;
  }
}

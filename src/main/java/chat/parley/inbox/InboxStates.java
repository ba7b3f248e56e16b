package chat.parley.inbox;

import chat.parley.bus.InboxMessages.ChangeOwnSettings;
import chat.parley.bus.InboxMessages.ChangeSettings;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.OwnSettings;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.Calls;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.PersonalSetting;
import chat.parley.personal.PersonalSettings;
import chat.parley.personal.PrivateReceipts;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Changes what is a member's own, and says what their devices show of a conversation. */
final class InboxStates {
  /** Where the user's current stay began, and the head that was asked for before that was read. */
  private record Place(ConversationId conversation, UserId user, Position head, long joined) {}

  private final Conversations conversations;
  private final Cursors cursors;
  private final PersonalSettings settings;
  private final PrivateReceipts receipts;
  private final MessageLog log;
  private final Calls calls;
  private final Function<Collection<ConversationId>, Future<Map<ConversationId, Position>>> heads;
  private final Clock clock;

  /** {@code heads} gives committed heads, or fails soon: what is stored later wins. */
  InboxStates(
      Conversations conversations,
      Cursors cursors,
      PersonalSettings settings,
      PrivateReceipts receipts,
      MessageLog log,
      Function<Collection<ConversationId>, Future<Map<ConversationId, Position>>> heads,
      Clock clock) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.settings = settings;
    this.receipts = receipts;
    this.log = log;
    this.calls = new Calls(log);
    this.heads = heads;
    this.clock = clock;
  }

  /**
   * What a current member's devices show, {@code readSeq} or a stored cursor that is further being
   * read; fails with NOT_FOUND or NOT_A_MEMBER for anybody else.
   */
  Future<InboxState> of(UserId user, ConversationId conversation, long readSeq) {
    return place(user, conversation).compose(place -> state(place, readSeq));
  }

  /** Stores the change; what the member's devices show from now on. */
  Future<InboxState> change(ChangeSettings change) {
    return place(change.userId(), change.conversationId())
        .compose(place -> store(change, place).compose(done -> state(place, 0)));
  }

  private Future<Void> store(ChangeSettings change, Place place) {
    PersonalSettings.Change stored = stored(change, place);
    List<Future<Void>> writes = new ArrayList<>(2);
    if (!stored.isEmpty()) {
      writes.add(settings.change(place.user(), place.conversation(), stored));
    }
    if (change.receipts() != null) {
      writes.add(receipts.here(place.user(), place.conversation(), change.receipts()));
    }
    return Future.all(writes).mapEmpty();
  }

  /** Stores what a user wants for all conversations, where that is given, and answers it. */
  Future<OwnSettings> own(ChangeOwnSettings change) {
    return change.privateReceipts() == null
        ? receipts.of(change.userId()).map(choices -> new OwnSettings(choices.everywhere()))
        : receipts
            .everywhere(change.userId(), change.privateReceipts())
            .map(new OwnSettings(change.privateReceipts()));
  }

  /** An archive holds up to the head of now: what comes later brings the conversation back. */
  private static PersonalSettings.Change stored(ChangeSettings change, Place place) {
    Long archivedAt =
        change.archived() == null
            ? null
            : Long.valueOf(change.archived() ? place.head().seq() : PersonalSetting.NOT);
    return new PersonalSettings.Change(change.mutedUntil(), archivedAt, change.pinnedRank());
  }

  /** The head first: no removal up to it can then be missing among the stints. */
  private Future<Place> place(UserId user, ConversationId conversation) {
    return heads
        .apply(Set.of(conversation))
        .compose(
            found ->
                conversations
                    .standing(conversation, user)
                    .map(
                        standing ->
                            new Place(
                                conversation,
                                user,
                                found.get(conversation),
                                standing.member().joinedChangeSeq())));
  }

  private Future<InboxState> state(Place at, long readSeq) {
    return Future.all(
            cursors.of(at.conversation(), List.of(at.user())),
            settings.of(at.user(), at.conversation()),
            receipts.of(at.user()))
        .compose(
            all -> {
              List<Cursors.UserCursor> own = all.resultAt(0);
              PersonalSetting setting = all.resultAt(1);
              PrivateReceipts.Choices chosen = all.resultAt(2);
              // A cursor beyond the head is taken as one at the head.
              long read = Math.min(at.head().seq(), Math.max(readSeq, own.get(0).readSeq()));
              return seqBefore(at, read)
                  .compose(before -> reading(at, Math.max(read, before), read))
                  .map(
                      reading -> setting.state(at.conversation(), reading, chosen, clock.millis()));
            });
  }

  private Future<PersonalSetting.Reading> reading(Place at, long seen, long read) {
    return calls
        .count(at.conversation(), at.user(), seen, at.head())
        .map(mentions -> new PersonalSetting.Reading(at.head().seq(), seen, read, mentions));
  }

  /** Messages before the join are none of the user's unread ones. */
  private Future<Long> seqBefore(Place at, long read) {
    return at.joined() <= read
        ? Future.succeededFuture(0L)
        : log.ascending(at.conversation(), at.joined(), at.joined(), 1)
            .map(rows -> rows.get(0).seq());
  }
}

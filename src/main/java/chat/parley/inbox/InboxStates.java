package chat.parley.inbox;

import chat.parley.bus.InboxMessages.ChangeSettings;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.cursor.Cursors;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.PersonalSetting;
import chat.parley.personal.PersonalSettings;
import io.vertx.core.Future;
import java.time.Clock;
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
  private final MessageLog log;
  private final Function<Collection<ConversationId>, Future<Map<ConversationId, Position>>> heads;
  private final Clock clock;

  /** {@code heads} gives committed heads: {@code ShardRouter::heads}. */
  InboxStates(
      Conversations conversations,
      Cursors cursors,
      PersonalSettings settings,
      MessageLog log,
      Function<Collection<ConversationId>, Future<Map<ConversationId, Position>>> heads,
      Clock clock) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.settings = settings;
    this.log = log;
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
        .compose(
            place ->
                settings
                    .change(change.userId(), change.conversationId(), stored(change, place))
                    .compose(done -> state(place, 0)));
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
                    .stints(conversation, user)
                    .map(
                        stints ->
                            new Place(
                                conversation,
                                user,
                                found.get(conversation),
                                new Standing(stints).member().joinedChangeSeq())));
  }

  private Future<InboxState> state(Place at, long readSeq) {
    return Future.all(
            cursors.of(at.conversation(), List.of(at.user())),
            settings.of(at.user(), at.conversation()))
        .compose(
            both -> {
              List<Cursors.UserCursor> own = both.resultAt(0);
              PersonalSetting setting = both.resultAt(1);
              long read = Math.max(readSeq, own.get(0).readSeq());
              return seqBefore(at, read)
                  .map(
                      before ->
                          setting.state(
                              at.conversation(),
                              at.head().seq(),
                              Math.max(read, before),
                              read,
                              clock.millis()));
            });
  }

  /** Messages before the join are none of the user's unread ones. */
  private Future<Long> seqBefore(Place at, long read) {
    return at.joined() <= read
        ? Future.succeededFuture(0L)
        : log.ascending(at.conversation(), at.joined(), at.joined(), 1)
            .map(rows -> rows.get(0).seq());
  }
}

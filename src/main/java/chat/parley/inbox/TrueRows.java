package chat.parley.inbox;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxNote.Happened;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What the rows of a conversation's members must say at least, read from log and membership: the
 * same that {@link Projection} makes of the stream up to there.
 */
final class TrueRows {
  private static final int PAGE = 100;

  private final Conversations conversations;
  private final MessageLog log;
  private final int rowsUpTo;

  TrueRows(Conversations conversations, MessageLog log, int rowsUpTo) {
    this.conversations = conversations;
    this.log = log;
    this.rowsUpTo = rowsUpTo;
  }

  /**
   * The rows at a committed place that was known before this call, of those members whom {@code
   * choice} takes; none where nothing was ever committed.
   */
  Future<List<InboxNote>> at(
      ConversationId conversation, Position place, UnaryOperator<List<UserId>> choice) {
    if (place.changeSeq() < 1) {
      return Future.succeededFuture(List.of());
    }
    return conversations
        .members(conversation)
        .compose(members -> at(conversation, place, members, choice));
  }

  /** Whether anybody has joined with a later change than this one. */
  Future<Boolean> joinedAfter(ConversationId conversation, long changeSeq) {
    return conversations
        .members(conversation)
        .map(
            members ->
                members.all().stream().anyMatch(stint -> stint.joinedChangeSeq() > changeSeq));
  }

  private Future<List<InboxNote>> at(
      ConversationId conversation,
      Position place,
      Members members,
      UnaryOperator<List<UserId>> choice) {
    List<UserId> present = present(members, place);
    List<UserId> chosen = choice.apply(present);
    boolean large = present.size() > rowsUpTo;
    return joins(conversation, place, members, chosen)
        .compose(
            joins ->
                (large
                        ? Future.succeededFuture(Map.<UserId, Happened>of())
                        : messages(conversation, place, members, chosen))
                    .map(
                        messages ->
                            chosen.stream()
                                .map(
                                    user ->
                                        new InboxNote(
                                            user,
                                            conversation,
                                            large ? null : place,
                                            messages.get(user),
                                            joins.get(user),
                                            large ? after(place) : 0))
                                .toList()));
  }

  /**
   * Of the same users that their rows tell nothing any more: what they would have to say cannot be
   * read.
   */
  Future<List<InboxNote>> untold(
      ConversationId conversation, Position place, UnaryOperator<List<UserId>> choice) {
    return conversations
        .members(conversation)
        .map(
            members ->
                choice.apply(present(members, place)).stream()
                    .map(user -> new InboxNote(user, conversation, null, null, null, after(place)))
                    .toList());
  }

  /** Rows that follow it up to this place must not be relied on either. */
  private static long after(Position place) {
    return place.changeSeq() + 1;
  }

  private static List<UserId> present(Members members, Position place) {
    return members.all().stream()
        .filter(stint -> isThere(stint, place.changeSeq()))
        .map(Stint::userId)
        .toList();
  }

  private static boolean isThere(Stint stint, long changeSeq) {
    return stint.joinedChangeSeq() <= changeSeq && changeSeq < stint.leftChangeSeq();
  }

  /** Joins lie side by side where a group was made, so they are read by the page. */
  private Future<Map<UserId, Happened>> joins(
      ConversationId conversation, Position place, Members members, Collection<UserId> users) {
    Map<UserId, Long> numbers = new HashMap<>();
    for (UserId user : users) {
      members.of(user).stream()
          .filter(stint -> isThere(stint, place.changeSeq()) && stint.joinedChangeSeq() > 0)
          .forEach(stint -> numbers.put(user, stint.joinedChangeSeq()));
    }
    Map<Long, Happened> found = new HashMap<>();
    return readJoins(conversation, place, new TreeSet<>(numbers.values()), found)
        .map(
            read -> {
              Map<UserId, Happened> joins = new HashMap<>();
              numbers.forEach((user, number) -> joins.put(user, found.get(number)));
              return joins;
            });
  }

  private Future<Void> readJoins(
      ConversationId conversation,
      Position place,
      TreeSet<Long> numbers,
      Map<Long, Happened> found) {
    return Rounds.whileMore(
        () ->
            numbers.isEmpty()
                ? Future.succeededFuture(false)
                : log.ascending(conversation, numbers.first(), place.changeSeq(), PAGE)
                    .map(
                        changes -> {
                          for (Change change : changes) {
                            if (numbers.remove(change.changeSeq())) {
                              found.put(change.changeSeq(), happened(change));
                            }
                          }
                          return true;
                        }));
  }

  /** The last message, for those who have been there since before it. */
  private Future<Map<UserId, Happened>> messages(
      ConversationId conversation, Position place, Members members, Collection<UserId> users) {
    return LastMessage.upTo(log, conversation, place.changeSeq())
        .map(
            last -> {
              Map<UserId, Happened> messages = new HashMap<>();
              for (UserId user : users) {
                boolean there =
                    last.isPresent()
                        && members.of(user).stream()
                            .anyMatch(
                                stint ->
                                    isThere(stint, place.changeSeq())
                                        && stint.joinedChangeSeq() < last.get().changeSeq());
                if (there) {
                  messages.put(user, happened(last.get()));
                }
              }
              return messages;
            });
  }

  private static Happened happened(Change change) {
    return new Happened(change.changeSeq(), change.seq(), change.committedAt());
  }
}

package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Counts the messages that call somebody ({@link Mentions}), out of the log itself: so the count is
 * right at the head that it is asked for, knows of every delete up to there, and is the same for
 * two members and fifty thousand. No row a member is written for a mention, and there is none that
 * could be late, lost or to be made again.
 *
 * <p>What was read of a conversation is remembered, of messages only those that call anybody. So a
 * large channel in which thousands look at their inboxes is read once, and then as far as it has
 * grown. An edit calls nobody, whatever it says. Thread-safe.
 */
public final class Calls {
  /** Of a conversation's changes so many of the last are looked through, and no more. */
  public static final int MOST = 1_000;

  private static final int PAGE = 250;
  private static final int MAX_CONVERSATIONS = 20_000;
  private static final Duration IDLE = Duration.ofMinutes(10);

  /** A message that calls somebody. */
  private record Call(long seq, UserId sender, Mentions mentions) {
    boolean isTo(UserId user, long afterSeq) {
      return seq > afterSeq && !sender.equals(user) && mentions.calls(user);
    }
  }

  /**
   * Changes {@code from} to {@code to} of a conversation, and whom they call. Immutable.
   *
   * @param seqBefore messages before {@code from}
   * @param calls by changeSeq
   * @param gone messages that are deleted by a change of these; some may lie before {@code from}
   */
  private record Stretch(
      long from, long to, long seqBefore, Map<Long, Call> calls, Set<Long> gone) {
    /** Nothing yet, right behind the head. */
    static Stretch emptyAt(Position head) {
      return new Stretch(head.changeSeq() + 1, head.changeSeq(), head.seq(), Map.of(), Set.of());
    }

    /** With changes that lie at one of its ends, in either order. */
    Stretch and(List<Change> changes) {
      long first = from;
      long last = to;
      long before = seqBefore;
      Map<Long, Call> nextCalls = new HashMap<>(calls);
      Set<Long> nextGone = new HashSet<>(gone);
      for (Change change : changes) {
        if (change.changeSeq() < first) {
          first = change.changeSeq();
          before = change.seq() - (change.type().isMessage() ? 1 : 0);
        }
        last = Math.max(last, change.changeSeq());
        Mentions mentions = StoredMentions.restore(change).mentions();
        if (!mentions.equals(Mentions.NONE)) {
          nextCalls.put(change.changeSeq(), new Call(change.seq(), change.actorId(), mentions));
        } else if (change.type() == ChangeType.MESSAGE_DELETE) {
          nextGone.add(Amendment.of(change).target());
        }
      }
      return new Stretch(first, last, before, nextCalls, nextGone);
    }

    int count(UserId user, long afterSeq, long above, long upTo) {
      return (int)
          calls.entrySet().stream()
              .filter(entry -> entry.getKey() > above && entry.getKey() <= upTo)
              .filter(entry -> entry.getValue().isTo(user, afterSeq))
              .filter(entry -> !gone.contains(entry.getKey()))
              .count();
    }

    /** Whether to go on from here is less work than to begin again at the head. */
    boolean isWorthKeepingAt(Position head) {
      return head.changeSeq() - to < MOST && calls.size() + gone.size() <= MOST;
    }
  }

  private final MessageLog log;
  private final Cache<ConversationId, Stretch> known =
      Caffeine.newBuilder().maximumSize(MAX_CONVERSATIONS).expireAfterAccess(IDLE).build();

  /** Over these reads of the log. */
  public Calls(MessageLog log) {
    this.log = log;
  }

  /**
   * How many messages after {@code afterSeq} call the user, who has been a member since; of the
   * last {@link #MOST} changes up to a committed head. One's own call nobody, deleted ones neither.
   */
  public Future<Integer> count(
      ConversationId conversation, UserId user, long afterSeq, Position head) {
    if (afterSeq >= head.seq()) {
      return Future.succeededFuture(0);
    }
    Stretch before = known.getIfPresent(conversation);
    Stretch start =
        before != null && before.isWorthKeepingAt(head) ? before : Stretch.emptyAt(head);
    long lowest = Math.max(1, head.changeSeq() - MOST + 1);
    return upTo(conversation, start, head)
        .compose(stretch -> downTo(conversation, stretch, afterSeq, lowest))
        .onSuccess(stretch -> known.put(conversation, stretch))
        .map(stretch -> stretch.count(user, afterSeq, lowest - 1, head.changeSeq()));
  }

  private Future<Stretch> upTo(ConversationId conversation, Stretch stretch, Position head) {
    return stretch.to() >= head.changeSeq()
        ? Future.succeededFuture(stretch)
        : log.ascending(conversation, stretch.to() + 1, head.changeSeq(), PAGE)
            .compose(changes -> upTo(conversation, stretch.and(changes), head));
  }

  private Future<Stretch> downTo(
      ConversationId conversation, Stretch stretch, long afterSeq, long lowest) {
    return stretch.seqBefore() <= afterSeq || stretch.from() <= lowest
        ? Future.succeededFuture(stretch)
        : log.descending(conversation, stretch.from() - 1, lowest, PAGE)
            .compose(changes -> downTo(conversation, stretch.and(changes), afterSeq, lowest));
  }
}

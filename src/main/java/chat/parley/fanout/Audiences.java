package chat.parley.fanout;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The audiences of the conversations whose changes pass here, read once and then kept by following
 * the stream. Used by one consumer at a time.
 */
final class Audiences {
  /** How long a member change that passed is held against a store that may not show it yet. */
  private static final Duration OVERLAY = Duration.ofMinutes(5);

  private static final int MAX_MOVES = 1_000;
  private static final String WHAT = "members cannot be read";

  private final Conversations conversations;
  private final Cache<ConversationId, Followed> cache;
  private final Cache<ConversationId, List<Change>> recentMoves;
  private final Consumer<ConversationId> onMove;

  /** {@code onMove} is told of each conversation whose members change. */
  Audiences(
      Conversations conversations,
      FanOutSettings settings,
      Ticker ticker,
      Consumer<ConversationId> onMove) {
    this.conversations = conversations;
    this.onMove = onMove;
    this.cache =
        Caffeine.newBuilder()
            .maximumSize(settings.maxConversations())
            .expireAfterWrite(Duration.ofSeconds(settings.membersExpirySeconds()))
            .ticker(ticker)
            .build();
    this.recentMoves =
        Caffeine.newBuilder()
            .maximumSize(settings.maxConversations())
            .expireAfterWrite(OVERLAY)
            .ticker(ticker)
            .build();
  }

  /**
   * The audience of each change, in the order given; changes of one conversation must ascend. Reads
   * the members of those conversations that are not followed up to here; fails with {@code
   * TryAgainException} where the store is away.
   */
  Future<List<Audience>> follow(List<Change> changes) {
    Map<ConversationId, Followed> now = new HashMap<>();
    List<Change> unknown = new ArrayList<>();
    for (Change change : changes) {
      now.computeIfAbsent(
          change.conversationId(),
          id -> {
            Followed cached = cache.getIfPresent(id);
            if (cached != null && cached.audience.reaches(change)) {
              return cached;
            }
            unknown.add(change);
            return new Followed();
          });
    }
    if (unknown.isEmpty()) {
      return Future.succeededFuture(walk(changes, now));
    }
    List<Future<Members>> reads =
        unknown.stream()
            .map(first -> Away.orElse(conversations.members(first.conversationId()), WHAT))
            .toList();
    return Future.all(reads)
        .map(
            done -> {
              for (int i = 0; i < unknown.size(); i++) {
                Change first = unknown.get(i);
                Followed followed = now.get(first.conversationId());
                followed.audience = load(reads.get(i).result(), first);
                cache.put(first.conversationId(), followed);
              }
              return walk(changes, now);
            });
  }

  private Audience load(Members stored, Change first) {
    Members members = stored;
    for (Change move : recentMoves.get(first.conversationId(), any -> List.of())) {
      if (move.changeSeq() < first.changeSeq()) {
        members = Audience.apply(members, move);
      }
    }
    return Audience.loaded(members, first.changeSeq());
  }

  private List<Audience> walk(List<Change> changes, Map<ConversationId, Followed> now) {
    List<Audience> audiences = new ArrayList<>(changes.size());
    for (Change change : changes) {
      Followed followed = now.get(change.conversationId());
      followed.audience = followed.audience.follow(change);
      audiences.add(followed.audience);
      if (isMove(change)) {
        recentMoves.asMap().merge(change.conversationId(), List.of(change), Audiences::append);
        onMove.accept(change.conversationId());
      }
    }
    return audiences;
  }

  private static boolean isMove(Change change) {
    return change.type() == ChangeType.MEMBER_JOINED || change.type() == ChangeType.MEMBER_LEFT;
  }

  private static List<Change> append(List<Change> before, List<Change> one) {
    List<Change> all = new ArrayList<>(before);
    all.addAll(one);
    all.sort(Comparator.comparingLong(Change::changeSeq)); // a late one, or one that is put back
    return List.copyOf(all.subList(Math.max(0, all.size() - MAX_MOVES), all.size()));
  }

  /** An entry's age counts from its reading, however far it has been followed since. */
  private static final class Followed {
    private Audience audience;
  }
}

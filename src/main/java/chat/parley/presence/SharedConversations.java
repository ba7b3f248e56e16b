package chat.parley.presence;

import chat.parley.bus.PresenceMessages;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.model.ConversationId;
import chat.parley.model.DmPair;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who is in a conversation with whom now. The viewer's list of conversations is read at each
 * question, the others' are remembered for some seconds; whoever has a dm with the viewer needs no
 * reading, since its id follows from theirs and nobody leaves one.
 */
final class SharedConversations {
  private static final Duration EXPIRY = Duration.ofMillis(PresenceMessages.REMEMBERED_MS);
  private static final int READS_AT_ONCE = 32;

  /** Conversations, over all remembered users: some 30 MiB at most. */
  private static final int MAX_REMEMBERED = 200_000;

  private final Conversations conversations;
  private final Cache<UserId, Set<ConversationId>> lists;

  SharedConversations(Conversations conversations, InstantSource clock) {
    this.conversations = conversations;
    Ticker ticker = () -> clock.millis() * 1_000_000;
    this.lists =
        Caffeine.newBuilder()
            .maximumWeight(MAX_REMEMBERED)
            .weigher((UserId user, Set<ConversationId> list) -> 1 + list.size())
            .expireAfterWrite(EXPIRY)
            .ticker(ticker)
            .build();
  }

  /**
   * Those of these users who are in a conversation with the viewer.
   *
   * @param fresh whether what is remembered must not count
   */
  Future<List<UserId>> sharing(UserId viewer, Collection<UserId> users, boolean fresh) {
    if (users.isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    return read(viewer)
        .compose(
            own -> {
              List<UserId> found = new ArrayList<>();
              List<UserId> others = new ArrayList<>();
              for (UserId user : users) {
                boolean pair = own.contains(DmPair.idOf(viewer, user));
                (pair ? found : others).add(user);
              }
              return own.isEmpty()
                  ? Future.succeededFuture(found)
                  : addFrom(others, 0, own, fresh, found);
            });
  }

  private Future<List<UserId>> addFrom(
      List<UserId> users, int start, Set<ConversationId> own, boolean fresh, List<UserId> found) {
    if (start >= users.size()) {
      return Future.succeededFuture(found);
    }
    int end = Math.min(users.size(), start + READS_AT_ONCE);
    List<UserId> part = users.subList(start, end);
    List<Future<Set<ConversationId>>> reads =
        part.stream().map(user -> fresh ? read(user) : remembered(user)).toList();
    return Future.all(reads)
        .compose(
            done -> {
              for (int i = 0; i < part.size(); i++) {
                if (!Collections.disjoint(own, reads.get(i).result())) {
                  found.add(part.get(i));
                }
              }
              return addFrom(users, end, own, fresh, found);
            });
  }

  private Future<Set<ConversationId>> remembered(UserId user) {
    Set<ConversationId> known = lists.getIfPresent(user);
    return known != null ? Future.succeededFuture(known) : read(user);
  }

  private Future<Set<ConversationId>> read(UserId user) {
    return conversations
        .ofUser(user)
        .map(
            all ->
                all.stream()
                    .filter(Membership::lasts)
                    .map(Membership::conversationId)
                    .collect(Collectors.toUnmodifiableSet()))
        .onSuccess(list -> lists.put(user, list));
  }
}

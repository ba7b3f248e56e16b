package chat.parley.sync;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.MemberView;
import chat.parley.bus.QueryMessages.MembersPage;
import chat.parley.bus.QueryMessages.MembersQuery;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Single conversations and pages of their members, at a cost that does not grow with the number of
 * members.
 */
final class ConversationReader {
  private static final int USUAL_PAGE = 100;
  private static final int MAX_PAGE = 500;

  private final Conversations conversations;

  ConversationReader(Conversations conversations) {
    this.conversations = conversations;
  }

  /** A conversation that the asker is a member of, or an open channel. */
  Future<ConversationView> conversation(ConversationQuery query) {
    return view(query.userId(), query.conversationId(), true);
  }

  /** A conversation that the user is a member of. */
  Future<ConversationView> ofMember(UserId user, ConversationId id) {
    return view(user, id, false);
  }

  private Future<ConversationView> view(UserId user, ConversationId id, boolean openToAll) {
    return conversations
        .find(id)
        .compose(
            found ->
                sizeOf(found)
                    .compose(
                        size ->
                            conversations
                                .stints(id, user)
                                .compose(
                                    all -> admitted(found, size, new Standing(all), openToAll))));
  }

  /**
   * The standing was read after the rest: a title of after a removal is not for who was removed,
   * nor how many were there then.
   */
  private Future<ConversationView> admitted(
      Optional<Conversation> found, int size, Standing standing, boolean openToAll) {
    boolean open =
        openToAll && found.filter(one -> one.type() == ConversationType.CHANNEL).isPresent();
    Role role = open ? standing.current().map(Stint::role).orElse(null) : standing.member().role();
    return found
        .map(one -> view(one, size, role))
        .orElseGet(
            () ->
                Future.failedFuture(
                    new FailureException(Failure.NOT_FOUND, "no such conversation")));
  }

  private Future<ConversationView> view(Conversation found, int size, Role role) {
    return found.type() == ConversationType.DM
        ? conversations
            .members(found.conversationId())
            .map(
                pair ->
                    view(found, role, pair.current().stream().map(Stint::userId).toList(), size))
        : Future.succeededFuture(view(found, role, List.of(), size));
  }

  private Future<Integer> sizeOf(Optional<Conversation> found) {
    return found
        .filter(one -> one.type() != ConversationType.DM)
        .map(one -> count(one.conversationId()))
        .orElseGet(() -> Future.succeededFuture(2));
  }

  private static ConversationView view(
      Conversation found, Role role, List<UserId> pair, int memberCount) {
    return new ConversationView(
        found.conversationId(),
        found.type(),
        found.title(),
        found.createdBy(),
        found.createdAt(),
        found.ackMode(),
        memberCount,
        pair,
        found.settings(),
        role);
  }

  /** Where no change has said how many there are, as before counts were kept, they are counted. */
  private Future<Integer> count(ConversationId id) {
    return conversations
        .count(id)
        .compose(
            stored ->
                stored.isPresent()
                    ? Future.succeededFuture(stored.getAsInt())
                    : conversations.members(id).map(members -> members.count()));
  }

  Future<MembersPage> members(MembersQuery query) {
    int limit = query.limit() <= 0 ? USUAL_PAGE : Math.min(query.limit(), MAX_PAGE);
    UserId after = query.cursor() == null ? null : new UserId(query.cursor());
    return conversations
        .standing(query.conversationId(), query.userId())
        .compose(
            own -> {
              own.member();
              return page(query.conversationId(), after, limit, new ArrayList<>());
            })
        .compose(page -> conversations.toMember(query.conversationId(), query.userId(), page));
  }

  /** Reads on past those who left, until the page is full and it is known whether more follow. */
  private Future<MembersPage> page(
      ConversationId id, UserId after, int limit, List<MemberView> found) {
    int rows = limit + 1;
    return conversations
        .stintsAfter(id, after, rows)
        .compose(
            stints -> {
              stints.stream()
                  .filter(Stint::lasts)
                  .map(ConversationReader::member)
                  .forEach(found::add);
              if (found.size() > limit) {
                return Future.succeededFuture(
                    new MembersPage(
                        List.copyOf(found.subList(0, limit)),
                        found.get(limit - 1).userId().value()));
              }
              if (stints.size() < rows) {
                return Future.succeededFuture(new MembersPage(found, null));
              }
              Stint last = stints.get(stints.size() - 1);
              return addCutOff(id, last, found)
                  .compose(whole -> page(id, last.userId(), limit, found));
            });
  }

  /** Of the last user of a read the stint that lasts may lie beyond its end. */
  private Future<Void> addCutOff(ConversationId id, Stint last, List<MemberView> found) {
    return last.lasts()
        ? Future.succeededFuture()
        : conversations
            .stints(id, last.userId())
            .onSuccess(
                own ->
                    new Standing(own)
                        .current()
                        .map(ConversationReader::member)
                        .ifPresent(found::add))
            .mapEmpty();
  }

  private static MemberView member(Stint stint) {
    return new MemberView(stint.userId(), stint.role(), stint.joinedChangeSeq());
  }
}

package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.MemberView;
import chat.parley.bus.QueryMessages.MembersPage;
import chat.parley.bus.QueryMessages.MembersQuery;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.turns.Rounds;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Who owns a conversation when its last owner leaves: of those with the highest role whoever has
 * been there longest.
 */
final class Heirs {
  private static final int PAGE = 500;

  /** Roles are declared from the highest on. */
  private static final Comparator<MemberView> FIRST =
      Comparator.comparing(MemberView::role).thenComparingLong(MemberView::joinedChangeSeq);

  private final Bus bus;

  Heirs(Bus bus) {
    this.bus = bus;
  }

  /**
   * The heir of this owner, who is a member still.
   *
   * @return fails with {@link Failure#CONFLICT} where nobody else is there any more
   */
  Future<UserId> of(UserId owner, ConversationId conversation) {
    Search search = new Search(owner, conversation);
    return Rounds.whileMore(search::page)
        .compose(
            done ->
                search.best == null
                    ? Future.failedFuture(
                        new FailureException(Failure.CONFLICT, "the members have just changed"))
                    : Future.succeededFuture(search.best.userId()));
  }

  /** Goes through all members, since no order of theirs is stored. */
  private final class Search {
    private final UserId owner;
    private final ConversationId conversation;
    private String cursor;
    private MemberView best;

    Search(UserId owner, ConversationId conversation) {
      this.owner = owner;
      this.conversation = conversation;
    }

    /** Whether another page follows. */
    Future<Boolean> page() {
      MembersQuery query = new MembersQuery(owner, conversation, cursor, PAGE);
      return bus.request(Addresses.QUERIES, query, MembersPage.class)
          .map(
              page -> {
                best =
                    Stream.concat(Stream.ofNullable(best), page.items().stream())
                        .filter(member -> !member.userId().equals(owner))
                        .min(FIRST)
                        .orElse(null);
                cursor = page.nextCursor();
                return cursor != null;
              });
    }
  }
}

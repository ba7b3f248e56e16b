package chat.parley.receipts;

import chat.parley.bus.Failure;
import chat.parley.bus.ReceiptMessages.MemberReceipt;
import chat.parley.bus.ReceiptMessages.Receipts;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;

/** Answers who has a message and who read it. */
public final class ReceiptReader {
  private final Conversations conversations;
  private final Cursors cursors;

  public ReceiptReader(Conversations conversations, Cursors cursors) {
    this.conversations = conversations;
    this.cursors = cursors;
  }

  /**
   * How far each current member but the asker is.
   *
   * @return fails with {@link Failure#NOT_FOUND} where there is no such conversation or the asker
   *     was never in it, with {@link Failure#NOT_A_MEMBER} where the asker has left it
   */
  public Future<Receipts> read(ReceiptsQuery query) {
    return conversations
        .members(query.conversationId())
        .compose(members -> cursors.of(query.conversationId(), othersThan(query.userId(), members)))
        .map(
            all ->
                new Receipts(
                    all.stream()
                        // Who has read it has it, though the delivery's own receipt got lost.
                        .map(
                            one ->
                                new MemberReceipt(
                                    one.userId(),
                                    Math.max(one.deliveredSeq(), one.readSeq()),
                                    one.readSeq()))
                        .toList()));
  }

  private static List<UserId> othersThan(UserId asker, Members members) {
    members.standing(asker).member();
    return members.current().stream()
        .map(Stint::userId)
        .filter(user -> !user.equals(asker))
        .toList();
  }
}

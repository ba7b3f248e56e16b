package chat.parley.receipts;

import chat.parley.bus.Failure;
import chat.parley.bus.ReceiptMessages.DeviceReceipt;
import chat.parley.bus.ReceiptMessages.MemberReceipt;
import chat.parley.bus.ReceiptMessages.Receipts;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.cursor.Cursors.DeviceCursor;
import chat.parley.cursor.Cursors.UserCursor;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.personal.PrivateReceipts;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers who has a message and who read it. */
public final class ReceiptReader {
  private final Conversations conversations;
  private final Cursors cursors;
  private final PrivateReceipts choices;

  public ReceiptReader(Conversations conversations, Cursors cursors, PrivateReceipts choices) {
    this.conversations = conversations;
    this.cursors = cursors;
    this.choices = choices;
  }

  /**
   * How far each current member but the asker is, of those who let others know.
   *
   * @return fails with {@link Failure#NOT_FOUND} where there is no such conversation or the asker
   *     was never in it, with {@link Failure#NOT_A_MEMBER} where the asker has left it, or has not
   *     joined it though it is open to all
   */
  public Future<Receipts> read(ReceiptsQuery query) {
    ConversationId conversation = query.conversationId();
    return conversations
        .standing(conversation, query.userId())
        .map(Standing::member)
        .compose(asker -> conversations.members(conversation))
        .compose(members -> shown(conversation, othersThan(query.userId(), members)))
        .compose(
            users ->
                Future.all(cursors.of(conversation, users), cursors.devicesOf(conversation, users)))
        .map(both -> receipts(both.resultAt(0), both.resultAt(1)))
        .compose(found -> conversations.toMember(conversation, query.userId(), found));
  }

  private static Receipts receipts(List<UserCursor> users, List<DeviceCursor> devices) {
    Map<UserId, List<DeviceReceipt>> byUser = new HashMap<>();
    for (DeviceCursor device : devices) {
      byUser
          .computeIfAbsent(device.userId(), any -> new ArrayList<>())
          .add(new DeviceReceipt(device.deviceId(), device.seq()));
    }
    return new Receipts(
        users.stream()
            // Who has read it has it, though the delivery's own receipt got lost.
            .map(
                one ->
                    new MemberReceipt(
                        one.userId(),
                        Math.max(one.deliveredSeq(), one.readSeq()),
                        one.readSeq(),
                        byUser.getOrDefault(one.userId(), List.of())))
            .toList());
  }

  /** Asked anew each time: from the moment in which somebody has chosen so nobody is told. */
  private Future<List<UserId>> shown(ConversationId conversation, List<UserId> users) {
    List<Future<PrivateReceipts.Choices>> reads = users.stream().map(choices::of).toList();
    return Future.all(reads)
        .map(
            done -> {
              List<UserId> shown = new ArrayList<>(users.size());
              for (int i = 0; i < users.size(); i++) {
                if (!reads.get(i).result().hides(conversation)) {
                  shown.add(users.get(i));
                }
              }
              return shown;
            });
  }

  private static List<UserId> othersThan(UserId asker, Members members) {
    return members.current().stream()
        .map(Stint::userId)
        .filter(user -> !user.equals(asker))
        .toList();
  }
}

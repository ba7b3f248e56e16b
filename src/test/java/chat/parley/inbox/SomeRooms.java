package chat.parley.inbox;

import chat.parley.conversation.ConversationScan;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** These conversations, in this order, wherever a walk begins; nothing else is told of them. */
final class SomeRooms implements ConversationScan {
  private final List<ConversationId> rooms;

  SomeRooms(ConversationId... rooms) {
    this.rooms = List.of(rooms);
  }

  @Override
  public Future<List<ConversationRow>> conversations(long afterToken, int limit) {
    return Future.succeededFuture(
        IntStream.range(0, rooms.size())
            .filter(token -> token > afterToken)
            .limit(limit)
            .mapToObj(token -> new ConversationRow(token, rooms.get(token).value(), "group"))
            .toList());
  }

  @Override
  public Future<Optional<ConversationRow>> conversation(String conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<String>> title(String conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Map<String, String>> settings(String conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<String>> memberCount(String conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<ListRow>> lists(long fromToken, int limit) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<MemberRow>> members(String conversation) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Optional<UserConversationRow>> ofUser(String user, String conversation) {
    throw new UnsupportedOperationException();
  }
}

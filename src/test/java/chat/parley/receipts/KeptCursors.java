package chat.parley.receipts;

import chat.parley.cursor.Cursors;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Keeps what it was told to store. */
final class KeptCursors implements Cursors {
  final List<Delivered> delivered = new ArrayList<>();
  final List<Read> read = new ArrayList<>();
  Future<List<UserCursor>> elsewhere;

  /** What becomes of the next move. */
  Supplier<Future<Void>> outcome = Future::succeededFuture;

  int asked;

  /** Of these users nothing was stored before. */
  KeptCursors(UserId... users) {
    elsewhere =
        Future.succeededFuture(Stream.of(users).map(user -> new UserCursor(user, 0, 0)).toList());
  }

  @Override
  public Future<Void> move(List<Delivered> moves, List<Read> reads) {
    delivered.addAll(moves);
    read.addAll(reads);
    return outcome.get();
  }

  @Override
  public Future<Map<ConversationId, Long>> deliveredTo(UserId user, DeviceId device) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<Map<ConversationId, Long>> readBy(UserId user) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Future<List<UserCursor>> of(ConversationId conversation, Collection<UserId> users) {
    asked++;
    return elsewhere;
  }

  @Override
  public Future<List<DeviceCursor>> devicesOf(
      ConversationId conversation, Collection<UserId> users) {
    throw new UnsupportedOperationException();
  }
}

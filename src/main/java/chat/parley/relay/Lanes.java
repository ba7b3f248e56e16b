package chat.parley.relay;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import io.vertx.core.Future;
import java.util.List;

/** What a lane needs around it. */
interface Lanes {
  /** Puts a change into the stream; fails where that is not known to have happened. */
  Future<Void> send(Change change);

  /** Everything of the conversation up to here is in the stream. */
  void acked(ConversationId conversation, Position position);

  /** The next page of committed changes from a number on. */
  Future<List<Change>> read(ConversationId conversation, long from);

  /** Runs the step after a pause that grows while sends keep failing. */
  void later(Runnable step);
}

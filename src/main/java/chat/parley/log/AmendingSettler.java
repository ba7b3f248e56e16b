package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.List;

/** Stores what committed changes do to messages, then lets another settler do its part. */
record AmendingSettler(Amendments amendments, Settler next) implements Settler {
  @Override
  public Future<Void> settle(ConversationId conversation, List<Change> changes) {
    List<Change> amending = changes.stream().filter(change -> change.type().amends()).toList();
    return amending.isEmpty()
        ? next.settle(conversation, changes)
        : amendments
            .store(conversation, amending)
            .compose(stored -> next.settle(conversation, changes));
  }
}

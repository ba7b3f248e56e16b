package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ConversationQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.Future;

/** Asks whether somebody is in a conversation, for calls that would else do nothing, silently. */
final class Membership {
  private Membership() {}

  /** Fails with {@code NOT_FOUND} or {@code NOT_A_MEMBER} where the user is not in it. */
  static Future<Void> of(Bus bus, UserId user, ConversationId conversation) {
    return bus.request(
            Addresses.QUERIES, new ConversationQuery(user, conversation), ConversationView.class)
        .compose(
            view ->
                view.role() != null
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new FailureException(Failure.NOT_A_MEMBER, "you are not in this channel")));
  }
}

package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.event.Change;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/** Finds out where changes go. */
interface Routes {
  /**
   * One message for each gateway that is to have some of them. The changes are in order, committed,
   * and without a gap within a conversation.
   *
   * @return fails with {@code TryAgainException} where what must be asked is away
   */
  Future<Map<String, DeliverChanges>> of(List<Change> changes);
}

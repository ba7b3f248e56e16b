package chat.parley.receipts;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;

/** What the owners of conversations know of them: {@code ShardRouter::headsWithin}. */
@FunctionalInterface
public interface HeadsSoon {
  /**
   * The heads of those of these whose owners answer within so many milliseconds. Completes on the
   * caller's context.
   */
  Future<Map<ConversationId, Head>> of(Collection<ConversationId> conversations, long ms);
}

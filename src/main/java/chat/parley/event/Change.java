package chat.parley.event;

import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.util.Objects;

/**
 * One committed change of a conversation, encoded once: {@code payload} is the UTF-8 JSON object
 * that clients see, made by the sequencer and carried as it is through store, stream, bus and
 * socket. What routing needs stands beside it.
 *
 * <p>Nobody writes to {@code payload} after construction.
 *
 * @param changeSeq dense, 1-based number of the change in its conversation
 * @param seq number of messages up to and including this change
 * @param actorId who did it
 * @param subjectId the member it is about, for member changes; else null
 * @param committedAt wall clock of the owner, milliseconds since the epoch; never decides order
 */
public record Change(
    ConversationId conversationId,
    long changeSeq,
    long seq,
    ChangeType type,
    UserId actorId,
    UserId subjectId,
    long committedAt,
    byte[] payload) {
  public Change {
    Objects.requireNonNull(conversationId, "conversationId");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(actorId, "actorId");
    Objects.requireNonNull(payload, "payload");
  }
}

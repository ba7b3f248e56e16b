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
 * @param largeSince the number of the change with which the conversation became large; 0 where it
 *     is small. Decided once, by the owner that numbered the change, and kept beside it for ever:
 *     so all who carry it agree on its way, however often it goes
 * @param committedAt wall clock of the owner, milliseconds since the epoch; never decides order
 * @param sentAt when its gateway took it, by the gateway's wall clock; 0 where that is not known.
 *     For measurements only, like the next one: neither is stored
 * @param persistedAt when the owner knew it to be durable, by the owner's wall clock; 0 where that
 *     is not known, as after a take-over or where it was read from the log
 * @param mentions of a new message, whom it calls. The payload says the same; a change that was
 *     only read to be shown has none here
 */
public record Change(
    ConversationId conversationId,
    long changeSeq,
    long seq,
    ChangeType type,
    UserId actorId,
    UserId subjectId,
    long largeSince,
    long committedAt,
    byte[] payload,
    long sentAt,
    long persistedAt,
    Mentions mentions) {
  public Change {
    Objects.requireNonNull(conversationId, "conversationId");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(actorId, "actorId");
    Objects.requireNonNull(payload, "payload");
    mentions = mentions == null ? Mentions.NONE : mentions;
  }

  /**
   * A change of a small conversation, of which nobody knows when it was sent and became durable.
   */
  public Change(
      ConversationId conversationId,
      long changeSeq,
      long seq,
      ChangeType type,
      UserId actorId,
      UserId subjectId,
      long committedAt,
      byte[] payload) {
    this(
        conversationId,
        changeSeq,
        seq,
        type,
        actorId,
        subjectId,
        0,
        committedAt,
        payload,
        0,
        0,
        Mentions.NONE);
  }

  /** Whether it goes the way of large conversations. */
  public boolean large() {
    return largeSince > 0;
  }

  /**
   * The same change, of a conversation that has been large since this number; 0: of a small one.
   */
  public Change largeSince(long since) {
    return since == largeSince ? this : with(since, payload, sentAt, persistedAt, mentions);
  }

  /** The same change with its times; the payload is shared. */
  public Change timed(long sent, long persisted) {
    return with(largeSince, payload, sent, persisted, mentions);
  }

  /** The same change with whom it calls; the payload is shared. */
  public Change mentioning(Mentions called) {
    return called.equals(mentions) ? this : with(largeSince, payload, sentAt, persistedAt, called);
  }

  /** The same change with another payload. */
  public Change saying(byte[] otherPayload) {
    return with(largeSince, otherPayload, sentAt, persistedAt, mentions);
  }

  private Change with(long since, byte[] bytes, long sent, long persisted, Mentions called) {
    return new Change(
        conversationId,
        changeSeq,
        seq,
        type,
        actorId,
        subjectId,
        since,
        committedAt,
        bytes,
        sent,
        persisted,
        called);
  }
}

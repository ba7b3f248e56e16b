package chat.parley.log;

import chat.parley.model.AckMode;
import io.vertx.core.Future;

/**
 * A conversation that this node may append to now, with what the caller keeps beside it. Use it at
 * once, on the log's context: when the ownership is lost, or it was left alone for so long that it
 * is forgotten, its appends fail.
 */
public final class OpenConversation<T> {
  private final OwnedConversation conversation;
  private final T attachment;

  OpenConversation(OwnedConversation conversation, T attachment) {
    this.conversation = conversation;
    this.attachment = attachment;
  }

  public T attachment() {
    return attachment;
  }

  /**
   * Appends a change: completes when it is committed and settled. A retry of a send answers as the
   * first time.
   *
   * @return fails with the reason of the draft's refusal, or with {@code FailureException}:
   *     IDEMPOTENCY_MISMATCH, OVERLOADED, UNAVAILABLE or NOT_OWNER (nothing was written),
   *     UNANSWERED (what became of it is unknown)
   */
  public Future<Appended> append(Draft draft) {
    return conversation.append(draft);
  }

  /**
   * Completes once everything that has been numbered so far is acknowledged: what a refusal was
   * founded on is durable then.
   *
   * @return fails with NOT_OWNER where what became of it is unknown
   */
  public Future<Void> acknowledged() {
    return conversation.acknowledged();
  }

  /**
   * Completes once everything that has been numbered so far can be read in the log. Where acks come
   * from the journal ({@link AckMode#BUFFERED}), that may be after them.
   *
   * @return fails with NOT_OWNER where what became of it is unknown
   */
  public Future<Void> inLog() {
    return conversation.inLog();
  }
}

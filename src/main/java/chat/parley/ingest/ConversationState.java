package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;
import chat.parley.log.SizeRule;
import chat.parley.model.ConversationPatch;
import chat.parley.model.Right;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.time.Clock;

/**
 * What the owner knows of a conversation while it appends: who is in it and how it is set as of the
 * last change that was numbered. Lives on the ingest context; thrown away with the ownership,
 * because a change that was numbered may then not be in the log.
 */
final class ConversationState implements SizeRule {
  private final LimitSettings limits;
  private final SizeSettings sizes;
  private final Clock clock;
  private final SlowMode slowMode = new SlowMode();
  private final Targets targets = new Targets();
  private Conversation conversation;
  private Members members;

  ConversationState(
      Conversation conversation,
      Members members,
      LimitSettings limits,
      SizeSettings sizes,
      Clock clock) {
    this.conversation = conversation;
    this.members = members;
    this.limits = limits;
    this.sizes = sizes;
    this.clock = clock;
  }

  Conversation conversation() {
    return conversation;
  }

  /** The messages that are being altered. */
  Targets targets() {
    return targets;
  }

  Members members() {
    return members;
  }

  void members(Members next) {
    this.members = next;
  }

  void apply(ConversationPatch patch) {
    conversation = conversation.with(patch);
  }

  /**
   * Whether one more may come in.
   *
   * @throws FailureException {@code CONFLICT} where the conversation is full
   */
  void checkRoom() {
    int own = conversation.settings().memberLimit();
    int limit = own == 0 ? limits.maxMembers() : Math.min(own, limits.maxMembers());
    if (members.count() >= limit) {
      throw new FailureException(
          Failure.CONFLICT,
          "the conversation has the %d members that it may have".formatted(limit));
    }
  }

  /**
   * Whether the user may send so soon.
   *
   * @throws FailureException {@code RATE_LIMITED} with the time to wait
   */
  void checkSlowMode(UserId user, Role role) {
    int seconds = conversation.settings().slowModeSeconds();
    long wait = slowMode.waitMs(user, seconds, clock.millis());
    if (wait > 0 && !role.may(Right.SKIP_SLOW_MODE)) {
      throw new FailureException(
          Failure.RATE_LIMITED,
          "slow mode: one message in %d seconds here".formatted(seconds),
          wait,
          Scope.CONVERSATION);
    }
  }

  /** The user sends a message now. */
  void sent(UserId user) {
    slowMode.sent(user, conversation.settings().slowModeSeconds(), clock.millis());
  }

  @Override
  public long largeSince(long before, long changeSeq) {
    return sizes.largeSince(before, changeSeq, members.count());
  }
}

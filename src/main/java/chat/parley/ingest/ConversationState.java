package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;
import chat.parley.log.SizeRule;
import chat.parley.model.ConversationPatch;
import chat.parley.model.Role;

/**
 * What the owner knows of a conversation while it appends: who is in it and how it is set as of the
 * last change that was numbered. Lives on the ingest context; thrown away with the ownership,
 * because a change that was numbered may then not be in the log.
 */
final class ConversationState implements SizeRule {
  private final LimitSettings limits;
  private final SizeSettings sizes;
  private final Pace pace;
  private final Targets targets = new Targets();
  private Conversation conversation;
  private Members members;

  ConversationState(
      Conversation conversation,
      Members members,
      LimitSettings limits,
      SizeSettings sizes,
      Pace pace) {
    this.conversation = conversation;
    this.members = members;
    this.limits = limits;
    this.sizes = sizes;
    this.pace = pace;
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
   * Whether the message may be sent so soon.
   *
   * @param calls whether it calls everybody
   * @throws FailureException {@code RATE_LIMITED} with the time to wait
   */
  void checkPace(SendMessage send, Role role, boolean calls) {
    pace.check(send, role, conversation.settings().slowModeSeconds(), calls);
  }

  /** The message is sent now. */
  void sent(SendMessage send) {
    pace.sent(send, conversation.settings().slowModeSeconds());
  }

  @Override
  public long largeSince(long before, long changeSeq) {
    return sizes.largeSince(before, changeSeq, members.count());
  }
}

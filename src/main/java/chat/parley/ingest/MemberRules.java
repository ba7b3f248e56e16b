package chat.parley.ingest;

import static chat.parley.ingest.Drafts.current;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;

/**
 * Who may change whose membership: owners and admins bring in, remove and change roles; only an
 * owner makes or unmakes an owner; everybody may leave, but the last owner only when nobody else is
 * there; a dm's members never change.
 */
final class MemberRules {
  private MemberRules() {}

  /** Throws {@link FailureException} where the actor may not do this. */
  static void check(ChangeMember change, ConversationState state) {
    Stint actor = current(state, change.actorId());
    if (state.conversation().type() == ConversationType.DM) {
      throw new FailureException(Failure.FORBIDDEN, "a direct conversation keeps its two members");
    }
    boolean oneself = change.actorId().equals(change.member().userId());
    boolean leaving = change.action() == MemberAction.LEAVE;
    if (!(oneself && leaving) && !actor.role().mayManage()) {
      throw new FailureException(Failure.FORBIDDEN, "only owners and admins change members");
    }
    boolean subjectIsOwner =
        state
            .members()
            .current(change.member().userId())
            .map(stint -> stint.role() == Role.OWNER)
            .orElse(false);
    if (!leaving && change.role() == Role.OWNER && actor.role() != Role.OWNER
        || subjectIsOwner && actor.role() != Role.OWNER) {
      throw new FailureException(Failure.FORBIDDEN, "only an owner makes or unmakes an owner");
    }
    boolean demoting = change.action() == MemberAction.CHANGE_ROLE && change.role() != Role.OWNER;
    boolean losesOwner = subjectIsOwner && (leaving || demoting) && owners(state) == 1;
    if (losesOwner && state.members().current().size() > 1) {
      throw new FailureException(
          Failure.CONFLICT, "the last owner must make somebody else an owner first");
    }
    if (change.action() == MemberAction.CHANGE_ROLE
        && state.members().current(change.member().userId()).isEmpty()) {
      throw new FailureException(Failure.NOT_FOUND, "that user is not a member");
    }
  }

  private static long owners(ConversationState state) {
    return state.members().current().stream().filter(stint -> stint.role() == Role.OWNER).count();
  }
}

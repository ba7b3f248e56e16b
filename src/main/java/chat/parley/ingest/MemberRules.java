package chat.parley.ingest;

import static chat.parley.ingest.Drafts.current;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.conversation.Stint;
import chat.parley.model.ConversationType;
import chat.parley.model.Right;
import chat.parley.model.Role;
import java.util.List;
import java.util.Optional;

/**
 * Who may change whose membership, beyond what {@link Right} says of roles: nobody gives, takes or
 * removes a role above their own; everybody may join an open channel and leave anything but a dm,
 * whose two never change; the last owner stays as long as somebody else is there.
 */
final class MemberRules {
  private MemberRules() {}

  /** Throws {@link FailureException} where the actor may not do this. */
  static void check(ChangeMember change, ConversationState state) {
    if (isOpenJoin(change, state)) {
      boolean isIn = state.members().current(change.actorId()).isPresent();
      if (!isIn && change.role() != Role.MEMBER) {
        throw new FailureException(Failure.FORBIDDEN, "whoever joins a channel joins as a member");
      }
      return;
    }
    Stint actor = current(state, change.actorId());
    if (state.conversation().type() == ConversationType.DM) {
      throw new FailureException(Failure.FORBIDDEN, "a direct conversation keeps its two members");
    }
    if (isOwn(change, MemberAction.JOIN)) {
      return; // to be in where one is already is no change, and nobody's right is needed for it
    }
    Optional<Stint> subject = state.members().current(change.member().userId());
    if (change.action() == MemberAction.CHANGE_ROLE && subject.isEmpty()) {
      throw new FailureException(Failure.NOT_FOUND, "that user is not a member");
    }
    if (!isOwn(change, MemberAction.LEAVE) && !isOwnRole(change, actor.role())) {
      checkRight(change, actor.role());
      checkRank(change, actor.role(), subject.map(Stint::role));
    }
    checkOwnerStays(change, state, subject);
  }

  /**
   * The role that a join gives. Who comes back to a channel by themselves is as silent as they were
   * when they left; who comes into an empty one has nobody above them, and owns it.
   */
  static Role roleOfJoin(ChangeMember change, ConversationState state) {
    if (!isOpenJoin(change, state)) {
      return change.role();
    }
    if (state.members().count() == 0) {
      return Role.OWNER;
    }
    List<Stint> before = state.members().of(change.actorId());
    boolean silent = !before.isEmpty() && before.get(before.size() - 1).role() == Role.READONLY;
    return silent ? Role.READONLY : Role.MEMBER;
  }

  /** Whether somebody comes into a channel on their own; who is in it stays as they are. */
  private static boolean isOpenJoin(ChangeMember change, ConversationState state) {
    return state.conversation().type() == ConversationType.CHANNEL
        && isOwn(change, MemberAction.JOIN);
  }

  private static boolean isOwn(ChangeMember change, MemberAction action) {
    return change.action() == action && change.actorId().equals(change.member().userId());
  }

  /** To be what one is already is no change, and nobody's right is needed for it. */
  private static boolean isOwnRole(ChangeMember change, Role own) {
    return isOwn(change, MemberAction.CHANGE_ROLE) && change.role() == own;
  }

  private static void checkRight(ChangeMember change, Role actor) {
    Right needed =
        switch (change.action()) {
          case JOIN -> Right.INVITE;
          case LEAVE -> Right.KICK;
          case CHANGE_ROLE -> Right.CHANGE_ROLE;
        };
    if (!actor.may(needed)) {
      throw new FailureException(Failure.FORBIDDEN, "only owners and admins change members");
    }
  }

  private static void checkRank(ChangeMember change, Role actor, Optional<Role> subject) {
    boolean takesHigher = subject.isPresent() && subject.get().isAbove(actor);
    boolean givesHigher = change.role() != null && change.role().isAbove(actor);
    if (takesHigher || givesHigher) {
      throw new FailureException(
          Failure.FORBIDDEN, "nobody gives, takes or removes a role above their own");
    }
  }

  private static void checkOwnerStays(
      ChangeMember change, ConversationState state, Optional<Stint> subject) {
    boolean stays = change.action() == MemberAction.JOIN || change.role() == Role.OWNER;
    boolean isOwner = subject.map(Stint::role).filter(Role.OWNER::equals).isPresent();
    if (isOwner && !stays && state.members().owners() == 1 && state.members().count() > 1) {
      throw new FailureException(
          Failure.CONFLICT, "the last owner must make somebody else an owner first");
    }
  }
}

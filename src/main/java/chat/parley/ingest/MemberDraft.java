package chat.parley.ingest;

import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Draft;
import chat.parley.log.SendKey;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.Optional;

/** A join, leave or change of role; {@link NothingToDo} where it is so already. */
record MemberDraft(ChangeMember change, ConversationState state) implements Draft {
  @Override
  public ChangeType type() {
    return switch (change.action()) {
      case JOIN -> ChangeType.MEMBER_JOINED;
      case LEAVE -> ChangeType.MEMBER_LEFT;
      case CHANGE_ROLE -> ChangeType.MEMBER_UPDATED;
    };
  }

  @Override
  public UserId actorId() {
    return change.actorId();
  }

  @Override
  public UserId subjectId() {
    return change.member().userId();
  }

  @Override
  public SendKey key() {
    return null;
  }

  @Override
  public void admit() {
    MemberRules.check(change, state);
    Optional<Role> role = state.members().current(subjectId()).map(Stint::role);
    boolean nothing =
        switch (change.action()) {
          case JOIN -> role.isPresent();
          case LEAVE -> role.isEmpty();
          case CHANGE_ROLE -> role.filter(change.role()::equals).isPresent();
        };
    if (nothing) {
      throw new NothingToDo();
    }
    if (change.action() == MemberAction.JOIN) {
      state.checkRoom();
    }
  }

  @Override
  public byte[] encode(long changeSeq, long seq, long committedAt) {
    Role role =
        change.action() == MemberAction.JOIN
            ? MemberRules.roleOfJoin(change, state)
            : change.role();
    state.members(
        switch (change.action()) {
          case JOIN ->
              state.members().join(new Stint(subjectId(), role, changeSeq, Stint.STILL_THERE));
          case LEAVE -> state.members().leave(subjectId(), changeSeq);
          case CHANGE_ROLE -> state.members().changeRole(subjectId(), role, changeSeq);
        });
    return ChangeJson.member(
        type(),
        change.conversationId(),
        actorId(),
        new ChangeJson.Moved(change.member(), role, state.members().count()),
        changeSeq,
        seq,
        committedAt);
  }
}

package chat.parley.ingest;

import chat.parley.bus.IngestMessages.Profile;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Draft;
import chat.parley.log.SendKey;
import chat.parley.model.ConversationId;
import chat.parley.model.Role;
import chat.parley.model.UserId;

/** One of the first members of a group or channel. */
record FirstMemberDraft(
    ConversationId conversation, UserId creator, Profile member, Role role, ConversationState state)
    implements Draft {
  @Override
  public ChangeType type() {
    return ChangeType.MEMBER_JOINED;
  }

  @Override
  public UserId actorId() {
    return creator;
  }

  @Override
  public UserId subjectId() {
    return member.userId();
  }

  @Override
  public SendKey key() {
    return null;
  }

  @Override
  public void admit() {
    if (!state.members().of(member.userId()).isEmpty()) {
      throw new NothingToDo();
    }
    state.checkRoom();
  }

  @Override
  public byte[] encode(long changeSeq, long seq, long committedAt) {
    state.members(state.members().join(new Stint(subjectId(), role, changeSeq, Stint.STILL_THERE)));
    return ChangeJson.member(
        type(),
        conversation,
        creator,
        new ChangeJson.Moved(member, role, state.members().count()),
        changeSeq,
        seq,
        committedAt);
  }
}

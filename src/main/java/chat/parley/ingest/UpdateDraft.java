package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.event.ChangeType;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Draft;
import chat.parley.log.SendKey;
import chat.parley.model.ConversationPatch;
import chat.parley.model.Right;
import chat.parley.model.Role;
import chat.parley.model.UserId;

/** New title, topic or settings; {@link NothingToDo} where they are so already. */
record UpdateDraft(UpdateConversation update, ConversationState state) implements Draft {
  @Override
  public ChangeType type() {
    return ChangeType.CONVERSATION_UPDATED;
  }

  @Override
  public UserId actorId() {
    return update.actorId();
  }

  @Override
  public UserId subjectId() {
    return null;
  }

  @Override
  public SendKey key() {
    return null;
  }

  @Override
  public void admit() {
    Role role = Drafts.current(state, actorId()).role();
    if (update.patch().describes() && !role.may(Right.DESCRIBE)
        || update.patch().configures() && !role.may(Right.CONFIGURE)) {
      throw new FailureException(
          Failure.FORBIDDEN, "only owners and admins change a conversation's title and settings");
    }
    if (news().isEmpty()) {
      throw new NothingToDo();
    }
  }

  @Override
  public byte[] encode(long changeSeq, long seq, long committedAt) {
    ConversationPatch news = news();
    state.apply(news);
    return ChangeJson.update(update.conversationId(), actorId(), news, changeSeq, seq, committedAt);
  }

  private ConversationPatch news() {
    return update.patch().against(state.conversation().title(), state.conversation().settings());
  }
}

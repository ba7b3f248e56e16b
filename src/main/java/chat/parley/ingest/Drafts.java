package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.log.Draft;
import chat.parley.log.SendKey;
import chat.parley.model.ConversationId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The changes that can be asked for. Each checks its rights when its turn comes, against the
 * members as the changes before it left them, so that a removal cuts exactly at its number.
 */
final class Drafts {
  private Drafts() {}

  /** A message. */
  record MessageDraft(
      SendMessage send, SendKey key, ConversationState state, MessageSettings settings)
      implements Draft {
    static MessageDraft of(SendMessage send, ConversationState state, MessageSettings settings) {
      SendKey key = new SendKey(send.userId(), send.deviceId(), send.clientMsgId(), hash(send));
      return new MessageDraft(send, key, state, settings);
    }

    private static long hash(SendMessage send) {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(send.body());
        if (send.replyTo() != null) {
          sha.update((byte) 0);
          sha.update(send.replyTo().getBytes(StandardCharsets.UTF_8));
        }
        return ByteBuffer.wrap(sha.digest()).getLong();
      } catch (NoSuchAlgorithmException everyJdkHasIt) {
        throw new IllegalStateException(everyJdkHasIt);
      }
    }

    @Override
    public ChangeType type() {
      return ChangeType.MESSAGE_NEW;
    }

    @Override
    public UserId actorId() {
      return send.userId();
    }

    @Override
    public UserId subjectId() {
      return null;
    }

    @Override
    public long sentAt() {
      return send.sentAt();
    }

    @Override
    public void admit() {
      if (!current(state, send.userId()).role().maySend()) {
        throw new FailureException(Failure.READ_ONLY, "you may read here, not write");
      }
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      return ChangeJson.message(send, mentions(), changeSeq, seq, committedAt);
    }

    @Override
    public Mentions mentions() {
      return MessageRules.called(send.mentions(), send.userId(), state, settings);
    }
  }

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
      boolean isMember = state.members().current(subjectId()).isPresent();
      boolean nothing =
          switch (change.action()) {
            case JOIN -> isMember;
            case LEAVE -> !isMember;
            case CHANGE_ROLE -> current(state, subjectId()).role() == change.role();
          };
      if (nothing) {
        throw new NothingToDo();
      }
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      state.members(
          switch (change.action()) {
            case JOIN ->
                state
                    .members()
                    .join(new Stint(subjectId(), change.role(), changeSeq, Stint.STILL_THERE));
            case LEAVE -> state.members().leave(subjectId(), changeSeq);
            case CHANGE_ROLE -> state.members().changeRole(subjectId(), change.role());
          });
      return ChangeJson.member(
          type(),
          change.conversationId(),
          actorId(),
          change.member(),
          change.action() == MemberAction.LEAVE ? null : change.role(),
          changeSeq,
          seq,
          committedAt);
    }
  }

  /** One of the first members of a group. */
  record FirstMemberDraft(
      ConversationId conversation,
      UserId creator,
      Profile member,
      Role role,
      ConversationState state)
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
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      state.members(
          state.members().join(new Stint(subjectId(), role, changeSeq, Stint.STILL_THERE)));
      return ChangeJson.member(
          type(), conversation, creator, member, role, changeSeq, seq, committedAt);
    }
  }

  /** A new title. */
  record TitleDraft(UpdateConversation update, ConversationState state) implements Draft {
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
      if (!current(state, actorId()).role().mayManage()) {
        throw new FailureException(Failure.FORBIDDEN, "only owners and admins change the title");
      }
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      return ChangeJson.title(
          update.conversationId(), actorId(), update.title(), changeSeq, seq, committedAt);
    }
  }

  /** What was asked for is so already: no change is made, and that is no error. */
  static class NothingToDo extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToDo() {
      super("nothing to do", null, false, false);
    }
  }

  /**
   * The user's lasting stint; someone who was never there cannot tell the conversation from one
   * that is not.
   */
  static Stint current(ConversationState state, UserId user) {
    return state
        .members()
        .current(user)
        .orElseThrow(
            () ->
                state.members().of(user).isEmpty()
                    ? new FailureException(Failure.NOT_FOUND, "no such conversation")
                    : new FailureException(Failure.NOT_A_MEMBER, "you are no longer a member"));
  }
}

package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.log.Draft;
import chat.parley.log.SendKey;
import chat.parley.model.ConversationType;
import chat.parley.model.MessageId;
import chat.parley.model.Right;
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
      Role role = current(state, send.userId()).role();
      if (!role.may(Right.SEND)) {
        throw new FailureException(Failure.READ_ONLY, "you may read here, not write");
      }
      checkReply();
      state.checkPace(send, role, mentions().channel());
    }

    /** What one may not read one cannot answer: others would look for it. */
    private void checkReply() {
      boolean readable =
          send.replyTo() == null
              || MessageId.parse(send.replyTo())
                  .filter(
                      id ->
                          state
                              .members()
                              .standing(send.userId())
                              .mayRead(id.changeSeq(), state.conversation().settings().history()))
                  .isPresent();
      if (!readable) {
        throw new FailureException(
            Failure.BAD_REQUEST, "replyTo names no message that you may read");
      }
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      state.sent(send);
      return ChangeJson.message(send, mentions(), changeSeq, seq, committedAt);
    }

    @Override
    public Mentions mentions() {
      return MessageRules.called(send.mentions(), send.userId(), state, settings);
    }
  }

  /** What was asked for is so already: no change is made, and that is no error. */
  static class NothingToDo extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NothingToDo() {
      super("nothing to do", null, false, false);
    }
  }

  /** The user's lasting stint; fails as {@link Standing#member} does. */
  static Stint current(ConversationState state, UserId user) {
    Standing standing = state.members().standing(user);
    if (standing.isStranger() && state.conversation().type() == ConversationType.CHANNEL) {
      throw new FailureException(Failure.NOT_A_MEMBER, "join the channel first");
    }
    return standing.member();
  }
}

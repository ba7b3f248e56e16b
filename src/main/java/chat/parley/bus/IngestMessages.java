package chat.parley.bus;

import chat.parley.bus.FailureException.Scope;
import chat.parley.event.Mentions;
import chat.parley.model.AckMode;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.List;
import java.util.Set;

/**
 * Commands that only the owner of a conversation's shard can carry out, and its answers. Send them
 * through {@code registry.ShardRouter}, which finds the owner and asks again when it has moved.
 */
public sealed interface IngestMessages {
  /** A command about one conversation. */
  sealed interface Command extends IngestMessages {
    ConversationId conversationId();

    /**
     * Whether it may be carried out a second time though others have changed something after the
     * first: nothing that they did is undone, and nobody sees it twice.
     */
    default boolean mayRepeat() {
      return false;
    }
  }

  /** A member's identity as other members see it. */
  record Profile(UserId userId, String handle, String displayName) {}

  /**
   * What the edge has found about a send before anybody knows whether it is a repetition.
   *
   * @param exempt the sender is not limited
   * @param refusedBy the limit that the sender has used up; null where none is
   * @param retryAfterMs when to come back, where there is one
   */
  record Toll(boolean exempt, Scope refusedBy, long retryAfterMs) {
    /** It was counted and is within its limits. */
    public static final Toll PAID = new Toll(false, null, 0);

    /** It is not counted. */
    public static final Toll EXEMPT = new Toll(true, null, 0);
  }

  /**
   * Append one message. {@code body} is the canonical JSON object of the body ({@code
   * {"text":…,"format":…}}), already checked for size by the edge; it is stored and hashed as it
   * is. {@code replyTo} may be null. {@code sentAt} is when the edge took it, by its wall clock, in
   * milliseconds; 0 where that is not known. {@code mentions} are users that the text names,
   * members or not. One whose {@code toll} is refused is answered where it is stored already, and
   * not stored where it is not.
   */
  record SendMessage(
      ConversationId conversationId,
      UserId userId,
      DeviceId deviceId,
      ClientMsgId clientMsgId,
      byte[] body,
      String replyTo,
      long sentAt,
      Mentions mentions,
      Toll toll)
      implements Command {
    public SendMessage {
      mentions = mentions == null ? Mentions.NONE : mentions;
      toll = toll == null ? Toll.PAID : toll;
    }

    /** The second time is known by its clientMsgId. */
    @Override
    public boolean mayRepeat() {
      return true;
    }

    /** A message that names nobody and that nobody has taken the time of yet. */
    public SendMessage(
        ConversationId conversationId,
        UserId userId,
        DeviceId deviceId,
        ClientMsgId clientMsgId,
        byte[] body,
        String replyTo) {
      this(conversationId, userId, deviceId, clientMsgId, body, replyTo, 0, Mentions.NONE, null);
    }

    /** The same message, taken at this time. */
    public SendMessage at(long taken) {
      return new SendMessage(
          conversationId, userId, deviceId, clientMsgId, body, replyTo, taken, mentions, toll);
    }

    /** The same message, naming these. */
    public SendMessage naming(Mentions named) {
      return new SendMessage(
          conversationId, userId, deviceId, clientMsgId, body, replyTo, sentAt, named, toll);
    }

    /** The same message, of which the edge has found this. */
    public SendMessage with(Toll found) {
      return new SendMessage(
          conversationId, userId, deviceId, clientMsgId, body, replyTo, sentAt, mentions, found);
    }
  }

  /**
   * Alter a message that is there. {@code target} is its changeSeq, and may be of nothing of the
   * sort. Answered with {@link MessageAmended}; asking for what is so already changes nothing.
   */
  sealed interface Amend extends Command {
    UserId actorId();

    long target();
  }

  /**
   * Give a message another body, as of {@link SendMessage}; only if it is of version {@code
   * ifVersion}, where that is not 0.
   */
  record EditMessage(
      ConversationId conversationId,
      UserId actorId,
      long target,
      byte[] body,
      Mentions mentions,
      long ifVersion)
      implements Amend {
    @Override
    public boolean mayRepeat() {
      return ifVersion != 0;
    }
  }

  /** Take a message's content away for good. */
  record DeleteMessage(ConversationId conversationId, UserId actorId, long target)
      implements Amend {
    @Override
    public boolean mayRepeat() {
      return true;
    }
  }

  /** Set or take back the actor's own reaction. {@code emoji} is one emoji. */
  record SetReaction(
      ConversationId conversationId, UserId actorId, long target, String emoji, boolean on)
      implements Amend {}

  /**
   * Make a conversation. For a dm the id is the pair's ({@code DmPair}), so that a pair has one;
   * members then join before the first change. In a group or channel the first profile is the owner
   * and each join is a change; what {@code settings} sets is another.
   */
  record CreateConversation(
      ConversationId conversationId,
      ConversationType type,
      UserId creator,
      String title,
      AckMode ackMode,
      List<Profile> members,
      ConversationPatch settings)
      implements Command {
    /** Its id is new: nobody but its creator can have changed it meanwhile. */
    @Override
    public boolean mayRepeat() {
      return true;
    }
  }

  /** What to do with a member. */
  enum MemberAction {
    JOIN,
    LEAVE,
    CHANGE_ROLE
  }

  /**
   * Add, remove or change a member; {@code role} is null for LEAVE. Whoever joins an open channel
   * by themselves asks for {@code MEMBER}.
   */
  record ChangeMember(
      ConversationId conversationId, UserId actorId, Profile member, MemberAction action, Role role)
      implements Command {}

  /** Set title, topic or whatever else the patch names. */
  record UpdateConversation(ConversationId conversationId, UserId actorId, ConversationPatch patch)
      implements Command {}

  /**
   * The node still owns these shards and would rather not: whoever is to hold them may take them
   * now and need not wait for anything. It replaces the node's last offer; {@code leaving} where
   * the node will hold none any more. Has no answer.
   */
  record ShardsOffered(String node, Set<Integer> shards, boolean leaving)
      implements IngestMessages {}

  /**
   * How far the committed log of these conversations goes. All must belong to shards of one owner.
   */
  record HeadsQuery(List<ConversationId> conversationIds) implements IngestMessages {}

  /**
   * Which of these conversations move, and how far they go. All must belong to shards of one owner.
   */
  record MovingQuery(List<ConversationId> conversationIds) implements IngestMessages {}

  /**
   * Answer of {@link MovingQuery}; conversations of shards that the node does not own are in
   * neither list, so the asker asks again for those.
   *
   * @param resting all of these conversations is in the stream, and has been for {@code restingMs}
   *     milliseconds or longer
   */
  record Moving(List<Head> heads, List<ConversationId> resting, long restingMs)
      implements IngestMessages {}

  /** The committed head of one conversation, and whether the conversation is large there. */
  record Head(ConversationId conversationId, long changeSeq, long seq, boolean large) {}

  /**
   * Answer of {@link HeadsQuery}; conversations of shards that the node does not own are left out,
   * so the asker asks again for those.
   */
  record Heads(List<Head> heads) implements IngestMessages {}

  /** Answer of {@link SendMessage}: the message is durable as {@code durability} says. */
  record MessageAccepted(
      String messageId,
      long seq,
      long changeSeq,
      long createdAt,
      AckMode durability,
      boolean replayed)
      implements IngestMessages {}

  /** Answer of {@link CreateConversation}; {@code created} is false where it was there before. */
  record ConversationCreated(ConversationId conversationId, boolean created)
      implements IngestMessages {}

  /**
   * Answer of {@link ChangeMember} and {@link UpdateConversation}: the number of the change, or of
   * the head where nothing had to change.
   */
  record ChangeAccepted(long changeSeq, long seq, boolean changed) implements IngestMessages {}

  /**
   * Answer of {@link Amend}: the number of the change that made the message so, and whether it was
   * made now. {@code seq} is the message's own, {@code version} what it is of now.
   */
  record MessageAmended(long changeSeq, long seq, long version, boolean changed)
      implements IngestMessages {}
}

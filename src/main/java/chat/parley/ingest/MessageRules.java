package chat.parley.ingest;

import static chat.parley.ingest.Drafts.current;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Mentions;
import chat.parley.log.MessageState;
import chat.parley.model.ConversationType;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Right;
import chat.parley.model.UserId;

/**
 * What members may do with messages, their own and others': only an author edits; authors delete,
 * and owners and admins where the settings let them; whoever may write and sees a message reacts to
 * it; readers only read.
 */
final class MessageRules {
  /** Different reactions to one message. */
  static final int MOST_EMOJIS = 20;

  /** Edits and reactions, those taken back too, of one message: each is read with the message. */
  static final int MOST_AMENDMENTS = 1_000;

  private MessageRules() {}

  /** Refuses an actor who may do nothing with this message, whatever it is. */
  static Stint check(Amend command, ConversationState state) {
    Stint actor = current(state, command.actorId());
    HistoryVisibility history = state.conversation().settings().history();
    if (!state.members().standing(command.actorId()).mayRead(command.target(), history)) {
      throw noSuchMessage();
    }
    if (!actor.role().may(Right.SEND)) {
      throw new FailureException(Failure.READ_ONLY, "you may read here, not write");
    }
    return actor;
  }

  /** Also for one that the asker may not see: they cannot tell it from one that is not. */
  static FailureException noSuchMessage() {
    return new FailureException(Failure.NOT_FOUND, "no such message");
  }

  /** Refuses who is not the author. */
  static void checkEditor(Amend command, MessageState message) {
    if (!message.senderId().equals(command.actorId())) {
      throw new FailureException(Failure.FORBIDDEN, "only its author edits a message");
    }
  }

  /** Refuses who may not delete it. */
  static void checkDeleter(Stint actor, MessageState message, MessageSettings settings) {
    boolean manages = settings.managersDelete() && actor.role().may(Right.DELETE_OTHERS);
    if (!manages && !message.senderId().equals(actor.userId())) {
      throw new FailureException(Failure.FORBIDDEN, "you may delete only your own messages");
    }
  }

  /** Refuses what would say something about a message that is gone. */
  static void checkThere(MessageState message) {
    if (message.isDeleted()) {
      throw new FailureException(Failure.CONFLICT, "the message is deleted");
    }
  }

  /** Refuses one more edit or reaction where there are too many. */
  static void checkRoom(MessageState message) {
    if (message.amendments() >= MOST_AMENDMENTS) {
      throw new FailureException(
          Failure.CONFLICT, "the message has been edited and reacted to too often");
    }
  }

  /**
   * Of those whom a text names, whom it calls: members, and all of them where the sender may do
   * that. In a dm there is nobody to call but the one who reads it anyway.
   */
  static Mentions called(
      Mentions named, UserId sender, ConversationState state, MessageSettings settings) {
    if (named.equals(Mentions.NONE)) {
      return Mentions.NONE;
    }
    Members members = state.members();
    boolean everybody =
        named.channel()
            && state.conversation().type() != ConversationType.DM
            && (settings.membersCallChannel()
                || members
                    .current(sender)
                    .map(stint -> stint.role().may(Right.MENTION_ALL))
                    .orElse(false));
    return new Mentions(
        named.users().stream().filter(user -> members.current(user).isPresent()).toList(),
        everybody);
  }
}

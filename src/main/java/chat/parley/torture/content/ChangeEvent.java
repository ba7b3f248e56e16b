package chat.parley.torture.content;

import chat.parley.client.Change;
import chat.parley.client.Message;
import chat.parley.client.Reaction;
import chat.parley.model.MessageId;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;

/** A change that somebody saw, as an event. */
public final class ChangeEvent {
  private ChangeEvent() {}

  /**
   * Begins the event of a change: conversation, numbers, hash, clientMsgId, the member it is about,
   * what it shows of what was done to a message, and its type as the note. Whose device saw it and
   * how it came is for the caller to add.
   *
   * @param op RECEIVE, SHOW, FINAL, STORED or PUBLISHED
   */
  public static Event.Draft of(String process, Op op, Change change) {
    Event.Draft draft =
        Event.of(process, op, Phase.OK)
            .in(change.conversationId())
            .at(change.changeSeq(), change.seq())
            .hashed(ChangeHash.of(change))
            .noting(change.type());
    if (change.message() != null) {
      say(draft, change, change.message());
    }
    if (change.reaction() != null) {
      Reaction reaction = change.reaction();
      draft
          .of(numberOf(reaction.messageId()))
          .about(change.actorId())
          .reacted(Reactions.step(reaction.emoji(), reaction.on()));
    }
    if (change.member() != null) {
      draft.about(change.member().userId());
    }
    return draft;
  }

  private static void say(Event.Draft draft, Change change, Message message) {
    draft.sentAs(message.clientMsgId()).reacted(Reactions.text(message.reactions()));
    if (message.version() > 0 && message.version() != change.changeSeq()) {
      draft.asOf(message.version());
    }
    if (!change.isMessage()) {
      draft.of(numberOf(message.messageId())).about(change.actorId());
    }
  }

  private static long numberOf(String messageId) {
    return MessageId.parse(messageId)
        .orElseThrow(() -> new IllegalArgumentException("a change of no message: " + messageId))
        .changeSeq();
  }
}

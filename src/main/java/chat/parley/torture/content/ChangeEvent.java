package chat.parley.torture.content;

import chat.parley.client.Change;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;

/** A change that somebody saw, as an event. */
public final class ChangeEvent {
  private ChangeEvent() {}

  /**
   * Begins the event of a change: conversation, numbers, hash, clientMsgId, the member it is about,
   * and its type as the note. Whose device saw it and how it came is for the caller to add.
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
      draft.sentAs(change.message().clientMsgId());
    }
    if (change.member() != null) {
      draft.about(change.member().userId());
    }
    return draft;
  }
}

package chat.parley.inbox;

import chat.parley.conversation.Members;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxNote.Happened;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What some changes of one conversation mean for its members' rows, one note a member. */
final class RowNotes {
  private final ConversationId conversation;
  private final Map<UserId, InboxNote> notes = new LinkedHashMap<>();

  RowNotes(ConversationId conversation) {
    this.conversation = conversation;
  }

  Collection<InboxNote> all() {
    return notes.values();
  }

  /** {@code before} and {@code after} say who is there right before and right after the change. */
  void add(Change change, Present before, Present after) {
    if (change.type() == ChangeType.MEMBER_JOINED) {
      note(change.subjectId(), null, null, happened(change), after.isLarge() ? number(change) : 0);
    }
    if (!after.isLarge()) {
      Position position = new Position(change.changeSeq(), change.seq());
      Happened message = change.type().isMessage() ? happened(change) : null;
      after.users().forEach(user -> note(user, position, message, null, 0));
    } else if (!before.isLarge()) {
      before.users().forEach(user -> note(user, null, null, null, number(change)));
    }
  }

  /**
   * A change that cannot be read: these users' rows do not say any more what has happened. Once
   * they follow again, with the next change, they must not name an older message as the last one.
   *
   * @param message what may have been the last message; null for none
   */
  void addUnknown(long changeSeq, Happened message, Collection<UserId> users) {
    users.forEach(user -> note(user, null, message, null, changeSeq));
  }

  /** An older message, for those of these users who were there for it. */
  void addMessage(Change message, Members members) {
    for (UserId user : List.copyOf(notes.keySet())) {
      if (members.maySee(user, message.changeSeq())) {
        note(user, null, happened(message), null, 0);
      }
    }
  }

  private void note(
      UserId user, Position position, Happened message, Happened join, long byHeadFrom) {
    notes.merge(
        user,
        new InboxNote(user, conversation, position, message, join, byHeadFrom),
        InboxNote::and);
  }

  private static long number(Change change) {
    return change.changeSeq();
  }

  static Happened happened(Change change) {
    return new Happened(change.changeSeq(), change.seq(), change.committedAt());
  }
}

package chat.parley.inbox;

import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who is in a conversation right after one of its changes: a matter of numbers, so that whoever
 * asks later, and however often, hears the same. Immutable.
 *
 * @param changeSeq right after this one
 * @param users null where there are too many to have rows that follow
 */
record Present(long changeSeq, int count, List<UserId> users) {
  /** By the stints, which must show all changes up to this number and may show later ones. */
  static Present at(long changeSeq, Members members, int rowsUpTo) {
    int count = 0;
    List<UserId> users = new ArrayList<>();
    for (Stint stint : members.all()) {
      if (stint.joinedChangeSeq() <= changeSeq && changeSeq < stint.leftChangeSeq()) {
        count++;
        if (count <= rowsUpTo) {
          users.add(stint.userId());
        }
      }
    }
    return new Present(changeSeq, count, count > rowsUpTo ? null : users);
  }

  /** Whether there are too many to have rows that follow. */
  boolean isLarge() {
    return users == null;
  }

  /** Whether {@link #after} can tell who is there after this change. */
  boolean reaches(Change change, int rowsUpTo) {
    boolean shrinks = change.type() == ChangeType.MEMBER_LEFT && isLarge() && count - 1 <= rowsUpTo;
    return change.changeSeq() == changeSeq + 1 && !shrinks;
  }

  /** Who is there after the next change, which this one reaches. */
  Present after(Change change, int rowsUpTo) {
    if (change.type() == ChangeType.MEMBER_JOINED) {
      return isLarge() || count + 1 > rowsUpTo
          ? new Present(change.changeSeq(), count + 1, null)
          : with(change, users -> users.add(change.subjectId()));
    }
    if (change.type() == ChangeType.MEMBER_LEFT) {
      return isLarge()
          ? new Present(change.changeSeq(), count - 1, null)
          : with(change, users -> users.remove(change.subjectId()));
    }
    return new Present(change.changeSeq(), count, users);
  }

  private Present with(Change change, Consumer<List<UserId>> move) {
    List<UserId> moved = new ArrayList<>(users);
    move.accept(moved);
    return new Present(change.changeSeq(), moved.size(), moved);
  }
}

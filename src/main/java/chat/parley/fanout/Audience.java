package chat.parley.fanout;

import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.List;

/**
 * Who may see which change of one conversation, as far as the stream has been followed. Member
 * changes are applied where they stand in the order, so that one who joins at a number sees it and
 * all after it, and one who leaves sees nothing later. What was read from the store may be ahead of
 * the stream: numbers decide, so that is no harm. Immutable.
 *
 * @param followedTo the last change that has been applied
 */
record Audience(Members members, long followedTo, long settledAfter, List<UserId> settled) {
  /** Members as the store has them, followed up to before {@code changeSeq}. */
  static Audience loaded(Members members, long changeSeq) {
    return of(members, changeSeq - 1);
  }

  private static Audience of(Members members, long followedTo) {
    long settledAfter = 0;
    for (Stint stint : members.all()) {
      settledAfter = Math.max(settledAfter, stint.joinedChangeSeq());
      if (!stint.lasts()) {
        settledAfter = Math.max(settledAfter, stint.leftChangeSeq());
      }
    }
    List<UserId> settled = members.current().stream().map(Stint::userId).toList();
    return new Audience(members, followedTo, settledAfter, settled);
  }

  /**
   * Whether this may judge the change: it has followed all before it. After a gap (another node had
   * the partition in between) the members must be read again.
   */
  boolean reaches(Change change) {
    return change.changeSeq() <= followedTo + 1;
  }

  /** This audience once the change has happened. */
  Audience follow(Change change) {
    Members next = apply(members, change);
    long to = Math.max(followedTo, change.changeSeq());
    return next == members ? new Audience(members, to, settledAfter, settled) : of(next, to);
  }

  /** Everybody who may see the change of this number; the same list as long as nobody moves. */
  List<UserId> of(long changeSeq) {
    return changeSeq > settledAfter ? settled : members.audience(changeSeq);
  }

  static Members apply(Members members, Change change) {
    if (change.subjectId() == null) {
      return members;
    }
    if (change.type() == ChangeType.MEMBER_JOINED) {
      return joined(members, change.subjectId(), change.changeSeq());
    }
    if (change.type() == ChangeType.MEMBER_LEFT) {
      return members.leave(change.subjectId(), change.changeSeq());
    }
    return members;
  }

  private static Members joined(Members members, UserId user, long at) {
    // A stint that began here or later means that the store was ahead and knows what came of it.
    boolean known = members.of(user).stream().anyMatch(stint -> stint.joinedChangeSeq() >= at);
    return known || members.maySee(user, at)
        ? members
        : members.join(new Stint(user, Role.MEMBER, at, Stint.STILL_THERE));
  }
}

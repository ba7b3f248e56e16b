package chat.parley.gateway;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.UserId;

/**
 * A change with the frame that says it, built once and shared by all connections that get it.
 *
 * @param bytes the size of {@code text} in UTF-8
 */
record ChangeFrame(Change change, String text, int bytes) {
  long number() {
    return change.changeSeq();
  }

  boolean takesOut(UserId user) {
    return change.type() == ChangeType.MEMBER_LEFT && user.equals(change.subjectId());
  }

  boolean bringsIn(UserId user) {
    return change.type() == ChangeType.MEMBER_JOINED && user.equals(change.subjectId());
  }
}

package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Phase;
import java.util.Objects;

/** An edit, a delete or a reaction that was asked for, and what came of it. */
final class Ask {
  private static final String REPLAYED = "replayed";

  private final Event asked;

  /** The highest changeSeq that anybody had seen in the conversation when it was asked for. */
  private final long seenBefore;

  private Event ended;

  Ask(Event asked, long seenBefore) {
    this.asked = asked;
    this.seenBefore = seenBefore;
  }

  /** The first end stays. */
  void ended(Event event) {
    if (ended == null) {
      ended = event;
    }
  }

  /** What was asked for: conversation, user, target, type as the note, hash or step. */
  Event asked() {
    return asked;
  }

  long seenBefore() {
    return seenBefore;
  }

  boolean isAcked() {
    return ended != null && ended.phase() == Phase.OK;
  }

  boolean isRefused() {
    return ended != null && ended.phase() == Phase.FAIL;
  }

  /** Of an acked one: the number that its ack said. */
  long ackedAt() {
    return ended.changeSeq();
  }

  /** Of an acked one: whether it had been so before, so that no change was made. */
  boolean wasSoAlready() {
    return REPLAYED.equals(ended.source());
  }

  /** Whether a change of the log is what was asked for. */
  boolean isWhat(Log.Entry entry) {
    return Objects.equals(entry.type(), asked.note())
        && entry.target() == asked.target()
        && Objects.equals(entry.subject(), asked.user())
        && (asked.hash() == null || asked.hash().equals(entry.hash()))
        && (asked.reactions() == null || asked.reactions().equals(entry.reactions()));
  }
}

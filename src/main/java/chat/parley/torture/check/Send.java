package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import java.util.ArrayList;
import java.util.List;

/** Everything that was done and heard about one logical send. */
final class Send {
  /** A content that went out under the key; another one is another attempt, to be refused. */
  private static final class Attempt {
    private final String hash;
    private boolean refused;

    Attempt(String hash) {
      this.hash = hash;
    }
  }

  /** What an ack says. */
  record Ack(long changeSeq, long seq, String hash) {}

  private final List<Attempt> attempts = new ArrayList<>(1);

  /** The highest changeSeq that anybody had seen when it was sent for the first time. */
  private final long seenBefore;

  private Ack ack;
  private boolean ended;

  Send(long seenBefore) {
    this.seenBefore = seenBefore;
  }

  long seenBefore() {
    return seenBefore;
  }

  void invoked(String hash) {
    attempts.add(new Attempt(hash));
  }

  /** The first ack's content stays. */
  void acked(Event event) {
    ended = true;
    if (ack == null) {
      ack = new Ack(event.changeSeq(), event.seq(), event.hash());
    }
  }

  void refused() {
    ended = true;
    if (!attempts.isEmpty()) {
      attempts.get(attempts.size() - 1).refused = true;
    }
  }

  void unknown() {
    ended = true;
  }

  /** It went out once more: an earlier refusal says nothing about this attempt. */
  void resent() {
    attempts.forEach(attempt -> attempt.refused = false);
  }

  /** Null where there was none. */
  Ack ack() {
    return ack;
  }

  boolean isAcked() {
    return ack != null;
  }

  /** Whether the sender was told, of all that it sent, that it takes no effect. */
  boolean isRefused() {
    return ended && ack == null && attempts.stream().allMatch(attempt -> attempt.refused);
  }

  /** Whether this content went out under the key. */
  boolean hasSent(String hash) {
    return attempts.stream().anyMatch(attempt -> attempt.hash.equals(hash));
  }

  /** Whether this content went out, and nothing of it may be stored. */
  boolean wasRefused(String hash) {
    return hasSent(hash)
        && attempts.stream()
            .filter(attempt -> attempt.hash.equals(hash))
            .allMatch(attempt -> attempt.refused);
  }
}

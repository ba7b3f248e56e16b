package chat.parley.gateway;

import java.util.ArrayDeque;

/**
 * What one connection was sent of one conversation and has not acked. Bounded: beyond the bound the
 * oldest are forgotten, and are left to the device's next sync.
 */
final class Unacked {
  private record Sent(long changeSeq, long seq) {}

  private final ArrayDeque<Sent> sent = new ArrayDeque<>(0);
  private final int max;
  private long waitingSince;
  private int attempts;

  Unacked(int max) {
    this.max = max;
  }

  void sent(long changeSeq, long seq, long now) {
    if (sent.isEmpty()) {
      waitingSince = now;
    }
    if (sent.size() == max) {
      sent.pollFirst();
    }
    sent.addLast(new Sent(changeSeq, seq));
  }

  /** The device has everything up to here; the number of messages up to there, -1 if not known. */
  long ack(long changeSeq, long now) {
    long seq = -1;
    boolean progress = false;
    while (!sent.isEmpty() && sent.peekFirst().changeSeq() <= changeSeq) {
      Sent acked = sent.pollFirst();
      seq = acked.changeSeq() == changeSeq ? acked.seq() : -1;
      progress = true;
    }
    if (progress) {
      waitingSince = now;
      attempts = 0;
    }
    return seq;
  }

  /** Whether it is time to send again, each time after waiting twice as long. */
  boolean isDue(long now, long afterMs, int maxAttempts) {
    return !sent.isEmpty()
        && attempts < maxAttempts
        && now - waitingSince >= afterMs << Math.min(attempts, 10);
  }

  /** Notes that all of it is being sent again. */
  void resending(long now) {
    attempts++;
    waitingSince = now;
  }

  /** The number after which it starts. */
  long resendFrom() {
    return sent.peekFirst().changeSeq() - 1;
  }

  int size() {
    return sent.size();
  }

  boolean isEmpty() {
    return sent.isEmpty();
  }

  void clear() {
    sent.clear();
  }
}

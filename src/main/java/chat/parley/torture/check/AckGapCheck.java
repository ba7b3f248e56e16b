package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long sends waited without that any of them got its ack: a cluster that stops rather than lose
 * something has lost nothing, but has not passed.
 */
final class AckGapCheck implements Check {
  /** The longest time with something outstanding and no ack, so far. */
  private static final class Gap {
    private final Set<SendKey> outstanding = new HashSet<>();
    private long since;
    private long longest;
    private long longestSince;

    void sent(SendKey key, long now) {
      if (outstanding.isEmpty()) {
        since = now;
      }
      outstanding.add(key);
    }

    /** Another end than an ack leaves the clock running for those that still wait. */
    void ended(SendKey key, long now, boolean acked) {
      if (!outstanding.remove(key)) {
        return;
      }
      measure(now);
      if (acked) {
        since = now;
      }
    }

    void measure(long now) {
      if (now - since > longest) {
        longest = now - since;
        longestSince = since;
      }
    }

    Duration length() {
      return Duration.ofNanos(longest);
    }

    Duration begin() {
      return Duration.ofNanos(longestSince);
    }
  }

  private final Violations violations;
  private final Requirements requirements;
  private final Gap overAll = new Gap();
  private final Map<String, Gap> byConversation = new HashMap<>();
  private String longestIn = "";
  private Gap longestOfOne = new Gap();
  private long lastSend;

  AckGapCheck(Violations violations, Requirements requirements) {
    this.violations = violations;
    this.requirements = requirements;
  }

  @Override
  public void event(Event event) {
    if (event.op() == Op.RESEND) {
      lastSend = event.nanos();
    }
    if (event.op() != Op.SEND) {
      return;
    }
    lastSend = event.nanos();
    SendKey key = SendKey.of(event);
    Gap own = byConversation.computeIfAbsent(event.conversation(), any -> new Gap());
    if (event.phase() == Phase.INVOKE) {
      overAll.sent(key, event.nanos());
      own.sent(key, event.nanos());
    } else {
      overAll.ended(key, event.nanos(), event.phase() == Phase.OK);
      own.ended(key, event.nanos(), event.phase() == Phase.OK);
    }
  }

  @Override
  public void end() {
    finish(overAll);
    byConversation.forEach(
        (conversation, gap) -> {
          finish(gap);
          if (gap.longest > longestOfOne.longest) {
            longestOfOne = gap;
            longestIn = conversation;
          }
          if (gap.length().compareTo(requirements.longestGapOfOne()) > 0) {
            violations.add(
                Kind.ACK_GAP,
                "%s: %d ms from %.1f s on; %d ms are allowed",
                conversation,
                gap.length().toMillis(),
                gap.begin().toMillis() / 1000.0,
                requirements.longestGapOfOne().toMillis());
          }
        });
    if (overAll.length().compareTo(requirements.longestGap()) > 0) {
      violations.add(
          Kind.ACK_GAP,
          "all conversations: %d ms from %.1f s on; %d ms are allowed",
          overAll.length().toMillis(),
          overAll.begin().toMillis() / 1000.0,
          requirements.longestGap().toMillis());
    }
  }

  /** What nobody ended waited at least until the last that was heard of any send. */
  private void finish(Gap gap) {
    if (!gap.outstanding.isEmpty()) {
      gap.measure(lastSend);
    }
  }

  Duration longest() {
    return overAll.length();
  }

  Duration longestAt() {
    return overAll.begin();
  }

  Duration longestOfOne() {
    return longestOfOne.length();
  }

  String longestOfOneIn() {
    return longestIn;
  }

  Duration longestOfOneAt() {
    return longestOfOne.begin();
  }
}

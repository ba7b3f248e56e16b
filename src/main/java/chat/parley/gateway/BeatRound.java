package chat.parley.gateway;

import chat.parley.model.UserId;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Goes round some users once a beat, a part of them with each tick, so that no tick has all of them
 * to do.
 */
final class BeatRound {
  private final long beatMs;
  private final long ticksPerBeat;
  private List<UserId> round = List.of();
  private int next;
  private int part;
  private long beganAt = Long.MIN_VALUE / 2;

  BeatRound(long beatMs, long tickMs) {
    this.beatMs = beatMs;
    this.ticksPerBeat = Math.max(1, beatMs / tickMs);
  }

  /** Those whose turn it is with this tick; {@code all} is looked at when a round begins. */
  List<UserId> tick(long now, Supplier<? extends Collection<UserId>> all) {
    if (next >= round.size() && now - beganAt >= beatMs) {
      round = List.copyOf(all.get());
      next = 0;
      part = (int) ((round.size() + ticksPerBeat - 1) / ticksPerBeat);
      beganAt = now;
    }
    int from = next;
    next = Math.min(round.size(), from + part);
    return round.subList(from, next);
  }
}

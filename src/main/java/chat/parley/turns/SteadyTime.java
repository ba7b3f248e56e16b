package chat.parley.turns;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Time that only passes: for how long something has lasted, and when it is due. Its origin means
 * nothing. The wall clock may be set, and then whoever waits by it waits for an hour, or closes
 * every socket for having been silent for so long.
 */
public final class SteadyTime implements InstantSource {
  private static final long START = System.nanoTime();

  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(System.nanoTime() - START);
  }
}

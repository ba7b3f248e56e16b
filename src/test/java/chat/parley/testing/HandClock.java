package chat.parley.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** Time that passes by hand. */
public class HandClock extends Clock {
  private volatile long now = 1_000_000_000;

  /** So many milliseconds pass. */
  public void pass(long millis) {
    now += millis;
  }

  /** So much time passes. */
  public void pass(Duration time) {
    pass(time.toMillis());
  }

  @Override
  public long millis() {
    return now;
  }

  @Override
  public Instant instant() {
    return Instant.ofEpochMilli(millis());
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException();
  }
}

package chat.parley.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The system's time, and what is made to pass by hand besides: nobody waits for a long while. */
public final class HastenedClock extends Clock {
  private volatile Duration ahead = Duration.ZERO;

  /** So many milliseconds pass at once. */
  public void pass(long millis) {
    ahead = ahead.plusMillis(millis);
  }

  @Override
  public Instant instant() {
    return Instant.now().plus(ahead);
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

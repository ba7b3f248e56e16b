package chat.parley.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.session.ProgrammaticArguments;
import com.datastax.oss.driver.api.core.session.throttling.RequestThrottler;
import com.datastax.oss.driver.api.core.session.throttling.Throttled;
import com.datastax.oss.driver.internal.core.context.DefaultDriverContext;
import com.datastax.oss.driver.internal.core.session.throttling.ConcurrencyLimitingRequestThrottler;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What waits because enough is under way begins as soon as something has ended. The driver promises
 * so, but from 4.19.1 to 4.19.4 its limit has no lock and forgets who comes to wait at the moment
 * at which the last ends: from then on all requests wait until they time out, while Cassandra has
 * nothing to do.
 */
class RequestLimitTest {
  private static final int OUTSTANDING = 2;
  private static final int REQUESTS = 200_000;

  private final ExecutorService store = Executors.newSingleThreadExecutor();
  private final Semaphore room = new Semaphore(OUTSTANDING);
  private final RequestThrottler limit =
      new ConcurrencyLimitingRequestThrottler(
          new DefaultDriverContext(
              DriverConfigLoader.programmaticBuilder()
                  .withInt(DefaultDriverOption.REQUEST_THROTTLER_MAX_CONCURRENT_REQUESTS, 1)
                  .withInt(DefaultDriverOption.REQUEST_THROTTLER_MAX_QUEUE_SIZE, OUTSTANDING)
                  .build(),
              ProgrammaticArguments.builder().build()));

  @AfterEach
  void stop() {
    store.shutdownNow();
  }

  @Test
  void nobodyWaitsWhileNothingIsUnderWay() throws InterruptedException {
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(room.tryAcquire(10, TimeUnit.SECONDS)).as("request %d goes on", i).isTrue();
      limit.register(new Request());
    }
    assertThat(room.tryAcquire(OUTSTANDING, 10, TimeUnit.SECONDS)).as("the last ends").isTrue();
  }

  /** Is answered by another thread than the one that asks. */
  private final class Request implements Throttled {
    @Override
    public void onThrottleReady(boolean wasDelayed) {
      store.execute(
          () -> {
            limit.signalSuccess(this);
            room.release();
          });
    }

    @Override
    public void onThrottleFailure(RequestThrottlingException refusal) {
      throw new AssertionError("there is a place for each that waits", refusal);
    }
  }
}

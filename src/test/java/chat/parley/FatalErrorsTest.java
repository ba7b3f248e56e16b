package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FatalErrorsTest {
  private final StringWriter said = new StringWriter();
  private int ends;
  private final FatalErrors handler = new FatalErrors(new PrintWriter(said), () -> ends++);

  @Test
  void aThreadThatRanOutOfMemoryEndsTheProcessAndItIsSaidWhy() throws InterruptedException {
    threadThatThrows(new OutOfMemoryError("Java heap space"));
    assertThat(ends).isEqualTo(1);
    assertThat(said.toString()).contains("Java heap space", "parley-consumer", "-Xmx");
  }

  @Test
  void anyOtherFaultDoesNot() throws InterruptedException {
    threadThatThrows(new IllegalStateException("a fault"));
    assertThat(ends).isZero();
  }

  @Test
  void workThatEndsAfterTheNodeHasClosedIsNoFault() throws InterruptedException {
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    Logger log = (Logger) LoggerFactory.getLogger(FatalErrors.class);
    log.addAppender(logged);
    try {
      DefaultEventExecutor loop = new DefaultEventExecutor();
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
      threadThatThrows(catchThrowable(() -> loop.execute(() -> {})));
      assertThat(logged.list).isEmpty();

      threadThatThrows(new RejectedExecutionException("the queue is full"));
      assertThat(logged.list)
          .singleElement()
          .satisfies(event -> assertThat(event.getMessage()).isEqualTo("a thread ended"));
    } finally {
      log.detachAppender(logged);
    }
  }

  @Test
  void itIsSaidOrNotButTheProcessEnds() {
    PrintWriter broken =
        new PrintWriter(said) {
          @Override
          public void println(String line) {
            throw new OutOfMemoryError("again");
          }
        };
    FatalErrors speechless = new FatalErrors(broken, () -> ends++);
    assertThatThrownBy(
            () ->
                speechless.uncaughtException(Thread.currentThread(), new OutOfMemoryError("first")))
        .hasMessage("again");
    assertThat(ends).isEqualTo(1);
  }

  private void threadThatThrows(Throwable cause) throws InterruptedException {
    Thread thread =
        new Thread(
            () -> {
              if (cause instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) cause;
            },
            "parley-consumer");
    thread.setUncaughtExceptionHandler(handler);
    thread.start();
    thread.join();
  }
}

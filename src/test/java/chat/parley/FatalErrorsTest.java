package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

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

package chat.parley.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test in which a server said what its API documents do not. Registered for all tests, in
 * {@code META-INF/services}; it costs those nothing that ask no server.
 */
public final class DocumentedCheck implements AfterEachCallback, AfterAllCallback {
  /** Enough to see what it is. */
  private static final int MOST = 10;

  private static final int LONGEST = 2_000;
  private static final Queue<String> FAULTS = new ConcurrentLinkedQueue<>();

  /** Remembers what is not as documented, for the test that runs. */
  static void note(String fault) {
    FAULTS.add(fault);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    check();
  }

  /** What was said before the first test and after the last one. */
  @Override
  public void afterAll(ExtensionContext context) {
    check();
  }

  private static void check() {
    List<String> all = new ArrayList<>();
    for (String fault = FAULTS.poll(); fault != null; fault = FAULTS.poll()) {
      all.add(fault);
    }
    if (!all.isEmpty()) {
      throw new AssertionError(
          all.size()
              + " times not as openapi.yaml and asyncapi.yaml say:\n"
              + String.join(
                  "\n", all.stream().limit(MOST).map(DocumentedCheck::shortened).toList()));
    }
  }

  /** What was asked, and at the end what is wrong with the answer. */
  private static String shortened(String text) {
    int half = LONGEST / 2;
    return text.length() <= LONGEST
        ? text
        : text.substring(0, half) + " … " + text.substring(text.length() - half);
  }
}

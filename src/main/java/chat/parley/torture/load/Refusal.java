package chat.parley.torture.load;

import chat.parley.client.ProblemException;
import java.util.Optional;

/** What a server means by a failure. */
final class Refusal {
  private static final int UNAUTHENTICATED = 401;

  private Refusal() {}

  /**
   * The code with which something was refused for good; empty where it may be asked for again. So
   * may that for which a token had run out: it says nothing of what was asked for.
   */
  static Optional<String> code(Throwable cause) {
    return cause instanceof ProblemException problem
            && !problem.retryable()
            && problem.status() != UNAUTHENTICATED
        ? Optional.of(problem.code())
        : Optional.empty();
  }
}

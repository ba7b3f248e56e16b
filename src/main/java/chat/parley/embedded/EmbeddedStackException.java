package chat.parley.embedded;

/**
 * The embedded stores cannot start or went away; the message is written for the operator and says
 * what to do.
 */
public final class EmbeddedStackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  EmbeddedStackException(String message) {
    super(message);
  }

  EmbeddedStackException(String message, Throwable cause) {
    super(message, cause);
  }
}

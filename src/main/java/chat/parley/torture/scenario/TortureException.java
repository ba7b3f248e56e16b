package chat.parley.torture.scenario;

/** A run that could not be played to its end; the message is for people. */
public final class TortureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TortureException(String message) {
    super(message);
  }

  TortureException(String message, Throwable cause) {
    super(message, cause);
  }
}

package chat.parley.replay;

/** The replay cannot be run at all: its message is for the person at the terminal. Exit code 2. */
public final class ReplayException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ReplayException(String message) {
    super(message);
  }

  ReplayException(String message, Throwable cause) {
    super(message, cause);
  }
}

package chat.parley.client;

/**
 * No answer came: the connection went away or the answer took too long. The request may or may not
 * have happened.
 */
public final class ConnectionLostException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ConnectionLostException(String message) {
    // No stack trace: under a server's death thousands of these are made at once, and all say the
    // same.
    super(message, null, false, false);
  }
}

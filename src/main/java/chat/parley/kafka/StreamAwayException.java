package chat.parley.kafka;

/** The stream cannot be reached now; the message says why, for an operator. */
public final class StreamAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StreamAwayException(String message) {
    super(message, null, false, false);
  }
}

package chat.parley.devcluster;

/**
 * The cluster cannot start, or a node or store did not do what it was told; the message is for a
 * person.
 */
public final class DevClusterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DevClusterException(String message) {
    super(message);
  }

  DevClusterException(String message, Throwable cause) {
    super(message, cause);
  }
}

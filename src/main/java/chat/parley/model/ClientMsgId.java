package chat.parley.model;

/**
 * A client's own id of one logical send, stable over retries: 1 to 64 characters of {@code
 * [A-Za-z0-9_-]}. Its scope is (conversation, user, device).
 */
public record ClientMsgId(String value) {
  public ClientMsgId {
    if (!Ids.isValid(value) || value.indexOf('.') >= 0) {
      throw new IllegalArgumentException(
          "clientMsgId must be 1 to " + Ids.MAX_LENGTH + " characters of [A-Za-z0-9_-]");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}

package chat.parley.model;

/** Names one conversation: an opaque string of at most 64 characters of {@code [A-Za-z0-9_.-]}. */
public record ConversationId(String value) {
  public ConversationId {
    Ids.check("conversationId", value);
  }

  @Override
  public String toString() {
    return value;
  }
}

package chat.parley.log;

import chat.parley.model.Position;

/**
 * The end of what may be shown of a conversation.
 *
 * @param largeSince as the last change says it: the number with which the conversation became
 *     large; 0 where it is small
 */
public record LogHead(Position position, long largeSince) {
  static final LogHead START = of(Checkpoint.START);

  static LogHead of(Checkpoint end) {
    return new LogHead(end.position(), end.largeSince());
  }

  /** Whether the conversation is large here. */
  public boolean large() {
    return largeSince > 0;
  }
}

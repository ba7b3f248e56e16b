package chat.parley.log;

import chat.parley.event.Alteration;
import chat.parley.event.Change;

/**
 * An edit, delete or reaction, and the message that it alters.
 *
 * @param target the message's changeSeq
 */
public record Amendment(long target, Change change) {
  /** Of a change whose type {@code amends()}; its payload says which message. */
  public static Amendment of(Change change) {
    return new Amendment(Alteration.target(change), change);
  }
}

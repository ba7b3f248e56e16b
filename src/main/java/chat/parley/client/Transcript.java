package chat.parley.client;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages of one conversation as a device shows them: give it every change, in the order of
 * changeSeq, and what history pages bring whenever they come. What is older than what it has of a
 * message is passed over. Pure and not thread-safe.
 *
 * <p>Who comes back into a conversation begins with a new one: nobody told them what was done,
 * while they were out, to the messages that they have. With pages of history it is whole again.
 */
public final class Transcript {
  private final Map<String, Message> messages = new HashMap<>();

  /** Takes a change; what is about no message, or about one that is not here, changes nothing. */
  public void apply(Change change) {
    if (change.reaction() != null) {
      Message known = messages.get(change.reaction().messageId());
      if (known != null && known.version() < change.changeSeq()) {
        messages.put(known.messageId(), known.after(change));
      }
    } else if (change.message() != null) {
      Message message = change.message();
      long version = Math.max(message.version(), change.changeSeq());
      Message known = messages.get(message.messageId());
      if (known == null || known.version() < version) {
        messages.put(message.messageId(), message.with(message.reactions(), version));
      }
    }
  }

  /** All of them, oldest first. */
  public List<Message> messages() {
    return messages.values().stream().sorted(Comparator.comparingLong(Message::seq)).toList();
  }
}

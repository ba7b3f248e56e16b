package chat.parley.torture.check;

import chat.parley.client.Change;
import chat.parley.torture.content.Reactions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The states that a conversation's messages were in one after the other, as the log's changes make
 * them in the order of their numbers.
 */
final class States {
  static final States NONE = new States();

  private static final String EDIT = "message.edit";
  private static final String DELETE = "message.delete";

  /**
   * A message after one of its changes.
   *
   * @param hash of the message as it says then
   * @param reactions as in {@link chat.parley.torture.history.Event}
   */
  record State(String hash, String reactions, boolean deleted) {}

  private static final class Message {
    private final TreeMap<Long, State> states = new TreeMap<>();
    private final Map<String, Set<String>> reactions = new LinkedHashMap<>();

    State last() {
      return states.lastEntry().getValue();
    }

    /** Does one step; false where it was so already. */
    boolean react(String step, String user) {
      String emoji = Reactions.emoji(step);
      if (Reactions.sets(step)) {
        return reactions.computeIfAbsent(emoji, any -> new LinkedHashSet<>()).add(user);
      }
      boolean there = reactions.getOrDefault(emoji, Set.of()).remove(user);
      reactions.values().removeIf(Set::isEmpty);
      return there;
    }
  }

  private final Map<Long, Message> messages = new HashMap<>();
  private final List<String> vain = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();

  private States() {}

  static States of(Log log) {
    States states = new States();
    log.entries().forEach(states::take);
    return states;
  }

  private void take(long number, Log.Entry change) {
    if (Change.MESSAGE_NEW.equals(change.type())) {
      Message message = new Message();
      message.states.put(number, new State(change.hash(), null, false));
      messages.put(number, message);
    } else if (change.amends()) {
      Message message = messages.get(change.target());
      if (message == null) {
        vain.add(number + " is of " + change.target() + ", which is no message");
      } else {
        amend(message, number, change);
      }
    }
  }

  private void amend(Message message, long number, Log.Entry change) {
    State before = message.last();
    boolean same;
    State after;
    switch (change.type()) {
      case EDIT -> {
        same = before.hash().equals(change.hash());
        after = new State(change.hash(), Reactions.text(message.reactions), false);
      }
      case DELETE -> {
        same = false;
        message.reactions.clear();
        after = new State(change.hash(), null, true);
      }
      default -> {
        same = !message.react(change.reactions(), change.subject());
        after = new State(before.hash(), Reactions.text(message.reactions), false);
      }
    }
    if (same || before.deleted()) {
      vain.add(
          "%d, a %s of %d, %s"
              .formatted(
                  number,
                  change.type(),
                  change.target(),
                  before.deleted() ? "which was deleted before" : "says what was so already"));
    }
    boolean whole = EDIT.equals(change.type()) || DELETE.equals(change.type());
    if (whole && !Objects.equals(change.reactions(), after.reactions())) {
      wrong.add(
          "%d, a %s of %d, has the reactions %s; those before it make %s"
              .formatted(
                  number, change.type(), change.target(), change.reactions(), after.reactions()));
    }
    message.states.put(number, after);
  }

  /** The state in which a change left a message; null where that change is none of it. */
  State at(long target, long version) {
    Message message = messages.get(target);
    return message == null ? null : message.states.get(version);
  }

  /** Amendments that altered nothing, or a message that was deleted. */
  List<String> vain() {
    return vain;
  }

  /** Changes that say of a message what those before them do not make of it. */
  List<String> wrong() {
    return wrong;
  }
}

package chat.parley.cluster.model;

import chat.parley.client.Change;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A message, what it showed after which change, and whom it called when it was sent. */
final class Msg {
  /** What a message shows; a deleted one has no text. */
  record Shown(String text, boolean edited, boolean deleted, Map<String, List<String>> reactions) {}

  final String id;
  final long number;
  final long seq;
  final String sender;
  private final Set<String> called;
  private final boolean callsAll;
  private final TreeMap<Long, Shown> versions = new TreeMap<>();
  private long deletedAt = Long.MAX_VALUE;

  Msg(Change change, String text, Set<String> called, boolean callsAll) {
    this.id = change.message().messageId();
    this.number = change.changeSeq();
    this.seq = change.seq();
    this.sender = change.actorId();
    this.called = called;
    this.callsAll = callsAll;
    versions.put(number, new Shown(text, false, false, Map.of()));
  }

  void edit(long at, String text) {
    versions.put(at, new Shown(text, true, false, last().reactions));
  }

  void delete(long at) {
    deletedAt = at;
    versions.put(at, new Shown(null, false, true, Map.of()));
  }

  /** Whether the user's reaction is set. */
  boolean isReactedTo(String user, String emoji) {
    return last().reactions.getOrDefault(emoji, List.of()).contains(user);
  }

  /** Sets the user's reaction, or takes it back where it is set. */
  void react(long at, String user, String emoji) {
    Map<String, List<String>> reactions = new LinkedHashMap<>(last().reactions);
    List<String> users = new ArrayList<>(reactions.getOrDefault(emoji, List.of()));
    if (!users.remove(user)) {
      users.add(user);
    }
    reactions.put(emoji, List.copyOf(users));
    reactions.values().removeIf(List::isEmpty);
    versions.put(at, new Shown(last().text, last().edited, false, reactions));
  }

  Shown last() {
    return versions.lastEntry().getValue();
  }

  /** What it showed after the change of this number; null where that did not alter it. */
  Shown shown(long version) {
    return versions.get(version);
  }

  /** How often it was altered. */
  int alterations() {
    return versions.size() - 1;
  }

  /** The version that somebody is shown whose conversation ends at this number. */
  long versionAt(long end) {
    // What is gone is gone for all, also for those who left before.
    return deletedAt < Long.MAX_VALUE ? deletedAt : versions.floorKey(end);
  }

  /** The highest number among these that altered it; its own where none did. */
  long lastAmongst(List<Long> numbers) {
    return versions.descendingKeySet().stream()
        .filter(numbers::contains)
        .findFirst()
        .orElse(number);
  }

  boolean calls(String user) {
    return !sender.equals(user)
        && deletedAt == Long.MAX_VALUE
        && (callsAll || called.contains(user));
  }
}

package chat.parley.torture.check;

import java.util.TreeMap;

/** What the store holds of one conversation. */
final class Log {
  private static final String REACTION = "reaction";

  /**
   * A change.
   *
   * @param subject the member that it is about, or who did something to a message
   * @param key null where it is no new message
   * @param target the message that an edit, delete or reaction is of, else 0
   * @param reactions as in {@link chat.parley.torture.history.Event}
   */
  record Entry(
      long seq,
      String hash,
      String type,
      String subject,
      SendKey key,
      long target,
      String reactions) {

    /** Whether it says a whole message that was there before it. */
    boolean isWhole() {
      return amends() && !REACTION.equals(type);
    }

    /** Whether it alters a message. */
    boolean amends() {
      return target > 0;
    }
  }

  private final TreeMap<Long, Entry> entries = new TreeMap<>();

  /** Takes an entry; a number's first one stays. */
  Entry add(long changeSeq, Entry entry) {
    return entries.putIfAbsent(changeSeq, entry);
  }

  /** Null where there is none. */
  Entry at(long changeSeq) {
    return entries.get(changeSeq);
  }

  /** The highest number; 0 where there is none. */
  long end() {
    return entries.isEmpty() ? 0 : entries.lastKey();
  }

  TreeMap<Long, Entry> entries() {
    return entries;
  }

  int size() {
    return entries.size();
  }
}

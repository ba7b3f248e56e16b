package chat.parley.torture.check;

import java.util.TreeMap;

/** What the store holds of one conversation. */
final class Log {
  /** A change; {@code key} is null where it is no message. */
  record Entry(long seq, String hash, String type, String subject, SendKey key) {}

  private final TreeMap<Long, Entry> entries = new TreeMap<>();

  /** Takes an entry; a number's first one stays. */
  Entry add(long changeSeq, Entry entry) {
    return entries.putIfAbsent(changeSeq, entry);
  }

  /** Null where there is none. */
  Entry at(long changeSeq) {
    return entries.get(changeSeq);
  }

  TreeMap<Long, Entry> entries() {
    return entries;
  }

  int size() {
    return entries.size();
  }
}

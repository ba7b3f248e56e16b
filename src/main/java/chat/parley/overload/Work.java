package chat.parley.overload;

import java.util.Locale;

/** What a node under pressure gives up, the first first; sends last of all. */
public enum Work {
  /** Telling who types. */
  TYPING,
  /** Telling who is there. */
  PRESENCE,
  /** Telling how many have and have read the latest message of a large conversation. */
  AGGREGATE_RECEIPTS,
  /** Waking devices that are not connected. */
  PUSH,
  /** Following the stream with what can be made again from the log; it waits and is not lost. */
  PROJECTIONS,
  /** Taking messages; they are refused before anything of them is stored. */
  SENDS;

  /** The level from which on it is given up; 0 is the level at which nothing is. */
  int level() {
    return ordinal() + 1;
  }

  /** The word in metrics. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

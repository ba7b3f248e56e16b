package chat.parley.replay;

/**
 * Follows a run; called on the run's event loop, which must not be blocked for longer than a line
 * of text takes.
 */
public interface ReplayListener {
  /** A listener that looks away. */
  ReplayListener NONE = new ReplayListener() {};

  /** So much of a phase is done. */
  default void progress(String phase, long done, long total) {}

  /** So many messages have been acked in all: the place to pull a plug from. */
  default void acked(long count) {}
}

package chat.parley.verify;

/** Hears how far a verification is; on its thread, often. */
public interface VerifyProgress {
  /** Tells nobody. */
  VerifyProgress NONE = (phase, share, seen) -> {};

  /**
   * @param phase what is looked at now
   * @param share of the phase that is done, 0 to 1
   * @param seen what has been seen in it so far, in words
   */
  void at(String phase, double share, String seen);
}

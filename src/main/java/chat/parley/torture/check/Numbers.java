package chat.parley.torture.check;

/** Numbers of changes as bits. */
final class Numbers {
  private static final long MOST = 50_000_000;

  private Numbers() {}

  /** Whether it can be a change's number in a run, so that a bit may stand for it. */
  static boolean isSane(long changeSeq) {
    return changeSeq >= 1 && changeSeq <= MOST;
  }
}

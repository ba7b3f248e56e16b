package chat.parley.log;

import java.time.Duration;

/**
 * When a bucket closes, whichever comes first: so a busy conversation cannot make a partition too
 * big, and a quiet one does not scatter. The group that reaches a limit is the bucket's last.
 */
record BucketLimits(Duration age, long changes, long bytes) {
  static final BucketLimits DEFAULT =
      new BucketLimits(Duration.ofDays(10), 100_000, 32L * 1024 * 1024);

  /**
   * Whether a group of this size, committed at this time, ends the bucket that the checkpoint is
   * in.
   */
  boolean closes(Checkpoint at, int groupLength, long groupBytes, long committedAt) {
    return at.position().changeSeq() + groupLength - at.bucketFirst() + 1 >= changes
        || at.bucketBytes() + groupBytes >= bytes
        || at.bucketOpenedAt() != 0 && committedAt - at.bucketOpenedAt() >= age.toMillis();
  }
}

package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.model.Position;

/**
 * A committed and published end of a group, and the bucket in which the next change goes. Recovery
 * reads from here; it may lag behind the log, it never leads.
 *
 * @param bucketFirst the first changeSeq of the bucket
 * @param bucketBytes payload bytes in the bucket up to here, roughly
 * @param bucketOpenedAt milliseconds since the epoch
 * @param largeSince as the last change up to here says it: {@link Change#largeSince}
 */
record Checkpoint(
    Position position,
    int bucket,
    long bucketFirst,
    long bucketBytes,
    long bucketOpenedAt,
    long largeSince) {
  /** Of a conversation that has no change yet; its first bucket opens with the first change. */
  static final Checkpoint START = new Checkpoint(Position.START, 0, 1, 0, 0, 0);

  /** The checkpoint at the end of a group that was appended right after this one. */
  Checkpoint after(Group group) {
    Change last = group.rows().get(group.rows().size() - 1).change();
    return group.closesBucket()
        ? new Checkpoint(
            group.end(),
            bucket + 1,
            group.end().changeSeq() + 1,
            0,
            last.committedAt(),
            last.largeSince())
        : new Checkpoint(
            group.end(),
            bucket,
            bucketFirst,
            bucketBytes + group.bytes(),
            openedAt(group),
            last.largeSince());
  }

  private long openedAt(Group group) {
    return bucketOpenedAt == 0 ? group.rows().get(0).change().committedAt() : bucketOpenedAt;
  }
}

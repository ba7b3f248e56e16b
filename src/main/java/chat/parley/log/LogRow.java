package chat.parley.log;

import chat.parley.event.Change;

/**
 * One row of the log as the store holds it: a change, and of which group it is a part. A row is
 * written once and never changed; another epoch's row of the same number is another row.
 *
 * @param epoch under which the row was written; of a number's rows the highest counts
 * @param groupFirst the changeSeq of the first row of its group
 * @param groupLength how many rows the group has; a group counts only when it is complete
 * @param closesBucket whether the change after this group goes to the next bucket; the same in all
 *     rows of a group
 * @param key of a message; null for other changes
 */
record LogRow(
    int bucket,
    long epoch,
    long groupFirst,
    int groupLength,
    boolean closesBucket,
    Change change,
    SendKey key) {
  long changeSeq() {
    return change.changeSeq();
  }

  /** The same content under another epoch. */
  LogRow under(long otherEpoch) {
    return new LogRow(bucket, otherEpoch, groupFirst, groupLength, closesBucket, change, key);
  }
}

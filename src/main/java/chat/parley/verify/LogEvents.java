package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;

/** What a {@link LogWalk} meets, in the order of numbers. */
interface LogEvents {
  /** The row of a committed number that readers are shown. */
  void committed(ChangeRow row);

  /** A row above the bound, of whatever epoch, when it is read; committed or not. */
  void uncertain(ChangeRow row);

  /** A row above the bound that a recovery would take. */
  void likely(ChangeRow row);

  /** A whole group ends with this row. */
  void groupEnd(ChangeRow last, boolean committed);

  /** These numbers have no row. */
  void hole(long from, long to);

  /** Where the groups among these numbers begin and end is not known. */
  void unclear(long from, long to);

  /** The walk went on in this bucket without having met the end of the one before. */
  void bucketSkipped(int bucket);
}

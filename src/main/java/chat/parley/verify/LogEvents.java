package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.List;

/** What a {@link LogWalk} meets, in the order of numbers; a check looks at what concerns it. */
interface LogEvents {
  /** The row of a committed number that readers are shown. */
  default void committed(ChangeRow row) {}

  /** A row above the bound that a recovery would take. */
  default void likely(ChangeRow row) {}

  /** A whole group ends with this row. */
  default void groupEnd(ChangeRow last, boolean committed) {}

  /** These numbers have no row. */
  default void hole(long from, long to) {}

  /** Where the groups among these numbers begin and end is not known. */
  default void unclear(long from, long to) {}

  /** The walk went on in this bucket without having met the end of the one before. */
  default void bucketSkipped(int bucket) {}

  /** There is nothing after this number; 0 of an empty log. */
  default void end(long last) {}

  /** Tells all of these. */
  static LogEvents all(List<LogEvents> checks) {
    return new LogEvents() {
      @Override
      public void committed(ChangeRow row) {
        checks.forEach(check -> check.committed(row));
      }

      @Override
      public void likely(ChangeRow row) {
        checks.forEach(check -> check.likely(row));
      }

      @Override
      public void groupEnd(ChangeRow last, boolean committed) {
        checks.forEach(check -> check.groupEnd(last, committed));
      }

      @Override
      public void hole(long from, long to) {
        checks.forEach(check -> check.hole(from, to));
      }

      @Override
      public void unclear(long from, long to) {
        checks.forEach(check -> check.unclear(from, to));
      }

      @Override
      public void bucketSkipped(int bucket) {
        checks.forEach(check -> check.bucketSkipped(bucket));
      }

      @Override
      public void end(long last) {
        checks.forEach(check -> check.end(last));
      }
    };
  }
}

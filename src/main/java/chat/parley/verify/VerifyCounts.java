package chat.parley.verify;

/** How much was looked at. */
final class VerifyCounts {
  long conversations;
  long changes;
  long rows;
  long sendKeys;
  long members;
  long cursors;
  long records;
}

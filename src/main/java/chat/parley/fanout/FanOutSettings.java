package chat.parley.fanout;

/**
 * How changes and receipts go out.
 *
 * @param group of the stream's consumers that share the work
 * @param maxConversations whose members and numbers are kept in memory
 * @param membersExpirySeconds after that members are read again, though nothing says they changed
 * @param exactReceiptsUpTo members; in a larger conversation nobody is told of each single receipt,
 *     because their number grows with the square: clients ask instead
 * @param receiptDelayMs how long receipts are collected, so that only the highest of a cursor goes
 *     out
 * @param maxReceipts collected at most; further ones are shed
 * @param fewGateways up to so many gateways each get every change; with more, the devices' gateways
 *     are looked up
 * @param largeBatch changes of large conversations handed on at once: a gateway that has many of
 *     their devices takes its time for each
 */
public record FanOutSettings(
    String group,
    int maxConversations,
    int membersExpirySeconds,
    int exactReceiptsUpTo,
    long receiptDelayMs,
    int maxReceipts,
    int fewGateways,
    int largeBatch) {
  /** What suits up to some thousand messages a second. */
  public static FanOutSettings defaults() {
    return new FanOutSettings("parley-fanout", 50_000, 60, 32, 50, 20_000, 3, 8);
  }

  /** The consumers that share the changes of large conversations. */
  String largeGroup() {
    return group + "-large";
  }
}

package chat.parley.verify;

import chat.parley.cursor.CursorScan.DeliveredRow;
import chat.parley.log.LogScan.ChangeRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** No cursor, read before the log, is beyond the log's end, and each knows its number's seq. */
final class CursorCheck implements LogEvents {
  private record Delivered(String user, DeliveredRow row) {}

  private final String conversation;
  private final Consumer<Finding> findings;
  private final TreeMap<Long, List<Delivered>> delivered = new TreeMap<>();
  private final Map<String, Long> read = new HashMap<>();
  private long seq;

  CursorCheck(String conversation, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
  }

  void delivered(String user, List<DeliveredRow> rows) {
    for (DeliveredRow row : rows) {
      delivered
          .computeIfAbsent(row.changeSeq(), any -> new ArrayList<>())
          .add(new Delivered(user, row));
    }
  }

  void read(String user, long upTo) {
    read.put(user, upTo);
  }

  @Override
  public void committed(ChangeRow row) {
    seq = row.seq();
    for (Delivered one : delivered.getOrDefault(row.changeSeq(), List.of())) {
      if (one.row().seq() >= 0 && one.row().seq() != row.seq()) {
        report(one, "delivered says seq " + one.row().seq() + ", the log " + row.seq());
      }
    }
  }

  @Override
  public void likely(ChangeRow row) {
    seq = row.seq();
  }

  @Override
  public void end(long last) {
    delivered
        .tailMap(last, false)
        .values()
        .forEach(
            ahead ->
                ahead.forEach(
                    one ->
                        report(
                            one,
                            "delivered is at "
                                + one.row().changeSeq()
                                + ", the log ends at "
                                + last)));
    read.forEach(
        (user, upTo) -> {
          if (upTo > seq) {
            String what = "read is at seq " + upTo + ", there are " + seq + " messages";
            findings.accept(
                new Finding(
                    Fault.CURSOR,
                    conversation,
                    upTo,
                    "read of user " + user,
                    what,
                    Look.ofUser("read_cursors", user, conversation)));
          }
        });
  }

  private void report(Delivered one, String what) {
    findings.accept(
        new Finding(
            Fault.CURSOR,
            conversation,
            one.row().changeSeq(),
            "user " + one.user() + " device " + one.row().deviceId(),
            what,
            Look.ofUser("delivered", one.user(), conversation)));
  }
}

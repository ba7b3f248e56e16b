package chat.parley.verify;

import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Rows of logs made by hand. */
final class Rows {
  private Rows() {}

  /** A group of messages under one epoch; their text tells contents apart. */
  static List<ChangeRow> group(int bucket, long epoch, long first, int length, String text) {
    return group(bucket, epoch, first, length, text, false);
  }

  /** The same, and the log goes on in the next bucket. */
  static List<ChangeRow> closing(int bucket, long epoch, long first, int length, String text) {
    return group(bucket, epoch, first, length, text, true);
  }

  private static List<ChangeRow> group(
      int bucket, long epoch, long first, int length, String text, boolean closes) {
    List<ChangeRow> rows = new ArrayList<>();
    for (long number = first; number < first + length; number++) {
      rows.add(message(bucket, epoch, number, first, length, closes, "m" + number, text));
    }
    return rows;
  }

  /** One message; its seq is its number. */
  static ChangeRow message(
      int bucket,
      long epoch,
      long number,
      long groupFirst,
      int groupLength,
      boolean closes,
      String clientMsgId,
      String text) {
    String payload =
        "{\"changeSeq\":"
            + number
            + ",\"seq\":"
            + number
            + ",\"message\":{\"senderId\":\"u\",\"senderDeviceId\":\"d\",\"clientMsgId\":\""
            + clientMsgId
            + "\",\"body\":{\"text\":\""
            + text
            + "\"}}}";
    return new ChangeRow(
        bucket,
        number,
        epoch,
        groupFirst,
        groupLength,
        closes,
        number,
        ChangeType.MESSAGE_NEW.code(),
        "u",
        null,
        false,
        1_000_000,
        text.hashCode(),
        payload.getBytes(StandardCharsets.UTF_8));
  }
}

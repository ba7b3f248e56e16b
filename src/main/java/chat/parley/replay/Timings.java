package chat.parley.replay;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * When each message of the run was first sent, and the two latencies that follow from it. The
 * clientMsgId holds the message's number in the run, so a receipt finds its send in an array.
 */
final class Timings {
  private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

  private final String prefix;
  private final Histogram toAck = new Histogram(LONGEST_MICROS, 3);
  private final Histogram toDelivered = new Histogram(LONGEST_MICROS, 3);
  private long[] sentAt = new long[1024];
  private int count;

  Timings(String runId) {
    this.prefix = runId + "-";
  }

  /** Names the next message and starts its clock. */
  String send(long nanos) {
    if (count == sentAt.length) {
      sentAt = Arrays.copyOf(sentAt, count * 2);
    }
    sentAt[count] = nanos;
    return prefix + count++;
  }

  void acked(String clientMsgId, long nanos) {
    record(toAck, clientMsgId, nanos);
  }

  void delivered(String clientMsgId, long nanos) {
    record(toDelivered, clientMsgId, nanos);
  }

  private void record(Histogram histogram, String clientMsgId, long nanos) {
    if (clientMsgId.startsWith(prefix)) {
      long micros =
          (nanos - sentAt[Integer.parseInt(clientMsgId.substring(prefix.length()))]) / 1000;
      histogram.recordValue(Math.min(LONGEST_MICROS, Math.max(0, micros)));
    }
  }

  Latency toAck() {
    return Latency.of(toAck);
  }

  Latency toDelivered() {
    return Latency.of(toDelivered);
  }
}

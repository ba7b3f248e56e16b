package chat.parley.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class KeptRecordsTest {
  private static final String TOPIC = "t";
  private static final TopicPartition ZERO = new TopicPartition(TOPIC, 0);
  private static final TopicPartition ONE = new TopicPartition(TOPIC, 1);

  private final KeptRecords kept = new KeptRecords(List.of(ZERO, ONE));
  private final String ofZero = keyOf(0);
  private final String ofOne = keyOf(1);

  private static String keyOf(int partition) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "key" + i)
        .filter(
            key ->
                Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % 2
                    == partition)
        .findFirst()
        .orElseThrow();
  }

  private void read(TopicPartition at, long offset, long time, String key) {
    kept.read(
        new ConsumerRecord<>(
            at.topic(),
            at.partition(),
            offset,
            time,
            TimestampType.LOG_APPEND_TIME,
            0,
            0,
            key,
            new byte[0],
            new RecordHeaders(),
            Optional.empty()));
  }

  @Test
  void partitionsAreJudgedEachByItself() {
    read(ZERO, 0, 10, ofZero);
    kept.readTo(ZERO, 1);
    read(ONE, 7, 20, ofOne);
    kept.readTo(ONE, 8);

    assertThat(kept.since(TOPIC, ofZero)).isEqualTo(KeptRecords.ALL);
    assertThat(kept.since(TOPIC, ofOne)).isEqualTo(20);
  }

  @Test
  void anEmptyPartitionThatHadRecordsSaysNothingAndOneThatNeverHadAnyIsWhole() {
    kept.readTo(ZERO, 5);
    kept.readTo(ONE, 0);

    assertThat(kept.since(TOPIC, ofZero)).isEqualTo(KeptRecords.NONE);
    assertThat(kept.since(TOPIC, ofOne)).isEqualTo(KeptRecords.ALL);
    assertThat(kept.since("absent", ofOne)).isEqualTo(KeptRecords.ALL);
  }

  @Test
  void whatIsRemovedBeforeTheReaderGetsThereCounts() {
    read(ZERO, 0, 10, ofZero);
    read(ZERO, 5, 50, ofZero);
    read(ZERO, 6, 60, ofZero);
    kept.readTo(ZERO, 7);
    read(ONE, 0, 10, ofOne);
    kept.readTo(ONE, 4);

    assertThat(kept.since(TOPIC, ofZero)).isEqualTo(50);
    assertThat(kept.since(TOPIC, ofOne)).isEqualTo(KeptRecords.NONE);

    read(ONE, 6, 70, ofOne);
    kept.readTo(ONE, 7);

    assertThat(kept.since(TOPIC, ofOne)).as("read on").isEqualTo(70);
  }

  @Test
  void ofATopicThatGotMorePartitionsTheWorstCounts() {
    read(ZERO, 3, 30, ofOne);
    kept.readTo(ZERO, 4);
    kept.readTo(ONE, 0);

    assertThat(kept.since(TOPIC, ofOne)).isEqualTo(30);
  }

  @Test
  void beforeAnythingIsReadTheBeginningsCount() {
    kept.begins(ZERO, 3, 30);
    kept.begins(ONE, 0, 40);

    assertThat(kept.since(TOPIC, ofZero)).isEqualTo(30);
    assertThat(kept.since(TOPIC, ofOne)).isEqualTo(KeptRecords.ALL);
  }
}

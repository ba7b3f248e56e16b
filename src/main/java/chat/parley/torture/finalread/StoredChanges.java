package chat.parley.torture.finalread;

import chat.parley.client.Change;
import chat.parley.client.Message;
import chat.parley.event.ChangeRecord;
import chat.parley.event.ChangeType;
import chat.parley.kafka.KafkaSettings;
import chat.parley.kafka.StreamScan;
import chat.parley.log.LogScan.ChangeRow;
import chat.parley.torture.content.ChangeEvent;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import chat.parley.verify.CommittedLog;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What store and stream hold of some conversations, as events. Blocks. */
final class StoredChanges {
  private static final Duration STREAM_PATIENCE = Duration.ofSeconds(10);
  private static final String UNREADABLE = "unreadable";

  /** A change by where it lies, and what it says there. */
  record Found(String conversation, long changeSeq, Event.Draft event) {}

  private final CommittedLog log;
  private final KafkaSettings kafka;
  private final Set<String> conversations;

  StoredChanges(CommittedLog log, KafkaSettings kafka, Set<String> conversations) {
    this.log = log;
    this.kafka = kafka;
    this.conversations = conversations;
  }

  /** What is committed, by conversation, ascending. */
  List<Found> inStore() {
    List<Found> found = new ArrayList<>();
    for (String conversation : conversations) {
      log.read(conversation, row -> found.add(found(conversation, row)));
    }
    return found;
  }

  private static Found found(String conversation, ChangeRow row) {
    String type =
        ChangeType.ofCode(row.type()).map(ChangeType::wireName).orElse("type " + row.type());
    Event.Draft event = event("store", Op.STORED, row.payload(), type);
    return at(conversation, row.changeSeq(), row.seq(), event);
  }

  /** What was published, in the order of the stream. What cannot be read there is verify's. */
  List<Found> inStream() {
    List<Found> found = new ArrayList<>();
    try (StreamScan scan = StreamScan.open(kafka, STREAM_PATIENCE)) {
      scan.read(
          (place, record) -> {
            if (conversations.contains(record.key())) {
              try {
                ChangeRecord.decode(record)
                    .ifPresent(
                        change ->
                            found.add(
                                at(
                                    record.key(),
                                    change.changeSeq(),
                                    change.seq(),
                                    event(
                                        change.large() ? "stream-large" : "stream",
                                        Op.PUBLISHED,
                                        change.payload(),
                                        change.type().wireName()))));
              } catch (IllegalArgumentException damaged) {
                // It has no number to be written down under.
              }
            }
          });
    }
    return found;
  }

  /** Where it lies counts, not where it says that it belongs. */
  private static Found at(String conversation, long changeSeq, long seq, Event.Draft event) {
    return new Found(conversation, changeSeq, event.in(conversation).at(changeSeq, seq));
  }

  /** As a client would read it; what no client can read is evidence too. */
  private static Event.Draft event(String process, Op op, byte[] payload, String type) {
    try {
      Change change = Change.parse(new JsonObject(Buffer.buffer(payload)));
      Event.Draft event = ChangeEvent.of(process, op, change);
      Message message = change.message();
      return message == null ? event : event.by(message.senderId(), message.senderDeviceId());
    } catch (RuntimeException unreadable) {
      return Event.of(process, op, Phase.OK).hashed(UNREADABLE).noting(type);
    }
  }

  /** Whether the stream has a record of everything that the store holds. */
  static boolean covers(List<Found> stream, List<Found> store) {
    Map<String, Set<Long>> published = new HashMap<>();
    stream.forEach(
        one ->
            published
                .computeIfAbsent(one.conversation(), any -> new HashSet<>())
                .add(one.changeSeq()));
    return store.stream()
        .allMatch(
            one -> published.getOrDefault(one.conversation(), Set.of()).contains(one.changeSeq()));
  }
}

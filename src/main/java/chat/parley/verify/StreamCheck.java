package chat.parley.verify;

import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.StreamRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Every record of the stream says what the log says under its number, and whatever a mark calls
 * published is there, as far as Kafka cannot have removed it. Holds a digest of every change whose
 * record should be there, and of the other records: those that came after the log was read, and
 * those that are older. Where there are too many it leaves conversations out, and says how many.
 */
final class StreamCheck {
  /** Some 200 MB. */
  private static final long MOST_DIGESTS = 16_000_000;

  private static final int MOST_LATER = 500_000;

  /** A record of a change of which no digest is held. */
  record Later(long number, long digest, String place) {}

  private final Set<String> only;
  private final Consumer<Finding> findings;
  private final Map<String, StreamDigests> byConversation = new HashMap<>();
  private final Map<String, List<Later>> later = new LinkedHashMap<>();
  private long digests;
  private long laterHeld;
  private long leftOut;
  private long unjudged;
  private long newer;
  private StreamCoverage coverage = StreamCoverage.NONE;

  /** {@code only}: the conversations to look at; none: all. */
  StreamCheck(Set<String> only, Consumer<Finding> findings) {
    this.only = only;
    this.findings = findings;
  }

  /** What the stream must hold of a conversation. */
  void expect(String conversation, StreamDigests expected) {
    if (digests + expected.size() > MOST_DIGESTS) {
      leftOut++;
      byConversation.put(conversation, null);
      return;
    }
    digests += expected.size();
    byConversation.put(conversation, expected);
  }

  /** What was compared and what was not; known at the {@link #end}. */
  StreamCoverage coverage() {
    return coverage;
  }

  /** Records of changes whose rows must be read, by conversation: see {@link #settle}. */
  Map<String, List<Later>> later() {
    return later;
  }

  void record(String place, StreamRecord record) {
    String key = record.key() == null ? "" : record.key();
    if (!only.isEmpty() && !only.contains(key)) {
      return;
    }
    Change change;
    try {
      Optional<Change> decoded = ChangeRecord.decode(record);
      if (decoded.isEmpty()) {
        newer++;
        return;
      }
      change = decoded.get();
    } catch (IllegalArgumentException damaged) {
      report(Fault.STREAM_DAMAGED, key, 0, place, damaged.getMessage());
      return;
    }
    compare(place, key, change);
  }

  private void compare(String place, String key, Change change) {
    long number = change.changeSeq();
    StreamDigests expected = byConversation.get(key);
    if (expected == null && byConversation.containsKey(key)) {
      return;
    }
    long digest = Content.digest(change);
    if (expected == null || !expected.holds(number)) {
      if (laterHeld == MOST_LATER) {
        unjudged++;
        return;
      }
      laterHeld++;
      later.computeIfAbsent(key, any -> new ArrayList<>()).add(new Later(number, digest, place));
    } else if (!expected.meet(number, digest)) {
      differs(key, number, place);
    }
  }

  /** Judges the records of one number by the log's row of it, read since; null: there is none. */
  void settle(String conversation, Later record, Long digest) {
    if (digest == null) {
      extra(conversation, record.number(), record.place());
      return;
    }
    StreamDigests expected = byConversation.get(conversation);
    if (expected != null) {
      expected.meetUnheld(record.number());
    }
    if (digest != record.digest()) {
      differs(conversation, record.number(), record.place());
    }
  }

  /** The whole stream has been shown, as far as it was kept, and the other records are settled. */
  void end(StreamKept kept) {
    long changes = 0;
    long removed = 0;
    long removedIn = 0;
    long removedAllOf = 0;
    for (Map.Entry<String, StreamDigests> entry : byConversation.entrySet()) {
      StreamDigests expected = entry.getValue();
      if (expected == null) {
        continue;
      }
      expected.judge(kept);
      lacks(entry.getKey(), expected);
      changes += expected.compared();
      removed += expected.removed();
      removedIn += expected.removed() > 0 ? 1 : 0;
      removedAllOf += expected.removed() > 0 && expected.compared() == 0 ? 1 : 0;
    }
    coverage =
        new StreamCoverage(changes, removed, removedIn, removedAllOf, leftOut, unjudged, newer);
  }

  private void lacks(String conversation, StreamDigests expected) {
    long from = expected.lackingFrom(0);
    while (from >= 0) {
      long to = from;
      long next = expected.lackingFrom(to + 1);
      while (next == to + 1) {
        to = next;
        next = expected.lackingFrom(to + 1);
      }
      String numbers =
          from == to ? "number " + from + " is" : "numbers " + from + " to " + to + " are";
      report(Fault.STREAM_LACKS, conversation, from, "", numbers + " not in the stream");
      from = next;
    }
  }

  private void extra(String conversation, long number, String place) {
    report(Fault.STREAM_EXTRA, conversation, number, place, "the log has no such number");
  }

  private void differs(String conversation, long number, String place) {
    report(Fault.STREAM_CONTENT, conversation, number, place, "the log has another content");
  }

  private void report(Fault fault, String conversation, long number, String place, String what) {
    findings.accept(
        new Finding(
            fault,
            conversation,
            number,
            place.isEmpty() ? "" : "record " + place,
            what,
            Look.stream(conversation)));
  }
}

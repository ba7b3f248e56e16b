package chat.parley.verify;

import chat.parley.log.LogScan.BucketRow;
import chat.parley.log.LogScan.ChangeRow;
import chat.parley.verify.StreamCheck.Later;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Reads the rows of records whose content the walk did not keep: they came into the stream after
 * their log was walked, or are older than what it should hold. A record goes out when its change is
 * committed, so by now its row is there, and of its number's rows the one of the highest epoch.
 */
final class LateRows {
  private static final int PAGE = 500;

  private final StoreReads reads;
  private final Stores stores;

  LateRows(StoreReads reads, Stores stores) {
    this.reads = reads;
    this.stores = stores;
  }

  void settle(StreamCheck check) {
    check.later().forEach((conversation, records) -> settle(check, conversation, records));
  }

  private void settle(StreamCheck check, String conversation, List<Later> records) {
    TreeMap<Long, Integer> buckets = new TreeMap<>(Map.of(0L, 0));
    for (BucketRow row : reads.rows(() -> stores.log().buckets(conversation))) {
      buckets.put(row.firstChangeSeq(), row.bucket());
    }
    TreeMap<Long, List<Later>> due = new TreeMap<>();
    for (Later record : records) {
      due.merge(record.number(), List.of(record), LateRows::both);
    }
    while (!due.isEmpty()) {
      int bucket = buckets.floorEntry(Math.max(0, due.firstKey())).getValue();
      Long nextBucket = buckets.higherKey(Math.max(0, due.firstKey()));
      long from = due.firstKey();
      List<ChangeRow> rows =
          reads.rows(() -> stores.log().changes(conversation, bucket, from, PAGE));
      // A full page may have cut its last number in two; the highest epoch comes first all the
      // same.
      long upTo = rows.size() < PAGE ? Long.MAX_VALUE : rows.get(PAGE - 1).changeSeq();
      upTo = nextBucket == null ? upTo : Math.min(upTo, nextBucket - 1);
      Map<Long, Long> shown = new HashMap<>();
      rows.forEach(row -> shown.putIfAbsent(row.changeSeq(), Content.digest(row)));
      Map<Long, List<Later>> now = due.headMap(upTo, true);
      now.forEach(
          (number, of) ->
              of.forEach(record -> check.settle(conversation, record, shown.get(number))));
      now.clear();
    }
  }

  private static List<Later> both(List<Later> some, List<Later> others) {
    return Stream.concat(some.stream(), others.stream()).toList();
  }
}

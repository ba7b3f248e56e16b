package chat.parley.audit;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Chains in memory; may be away, and lets a test do to lines what nobody should. */
public final class MemoryAuditStore implements AuditStore {
  final Map<ChainName, TreeMap<Long, AuditLine>> lines = new ConcurrentHashMap<>();
  final Map<ChainName, ChainHead> heads = new ConcurrentHashMap<>();
  volatile boolean away;
  volatile int appends;

  @Override
  public Future<Void> append(List<AuditLine> some) {
    appends++;
    if (away) {
      return away();
    }
    for (AuditLine line : some) {
      lines
          .computeIfAbsent(new ChainName(line.day(), line.chain()), any -> new TreeMap<>())
          .put(line.seq(), line);
    }
    return Future.succeededFuture();
  }

  @Override
  public Future<Void> reach(ChainHead head) {
    if (away) {
      return away();
    }
    heads.put(new ChainName(head.day(), head.chain()), head);
    return Future.succeededFuture();
  }

  private static Future<Void> away() {
    return Future.failedFuture(new FailureException(Failure.UNAVAILABLE, "the store is away"));
  }

  @Override
  public Future<List<String>> days() {
    return Future.succeededFuture(
        heads.keySet().stream().map(ChainName::day).distinct().sorted().toList());
  }

  @Override
  public Future<List<ChainHead>> chains(String day) {
    return Future.succeededFuture(
        heads.values().stream()
            .filter(head -> head.day().equals(day))
            .sorted(Comparator.comparingLong(ChainHead::openedAt).thenComparing(ChainHead::chain))
            .toList());
  }

  @Override
  public Future<List<ChainName>> written() {
    return Future.succeededFuture(List.copyOf(lines.keySet()));
  }

  @Override
  public Future<List<AuditLine>> lines(String day, String chain, long from, int limit) {
    TreeMap<Long, AuditLine> all = lines.getOrDefault(new ChainName(day, chain), new TreeMap<>());
    return Future.succeededFuture(
        new ArrayList<>(all.tailMap(from).values().stream().limit(limit).toList()));
  }
}

package chat.parley.audit;

import chat.parley.audit.AuditStore.ChainName;
import io.vertx.core.Future;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads all chains and compares them with their seals, their heads, and what they know of each
 * other. It may run while nodes write: a head is read before its chain, so the chain may be longer.
 *
 * <p>Whole days that an operator has removed, the oldest first, are not missed.
 */
public final class AuditCheck {
  private static final int PAGE = 500;

  private final AuditStore store;
  private final Map<String, ChainKey> keys = new HashMap<>();
  private final List<AuditFinding> findings = new ArrayList<>();
  private final Map<ChainName, Long> lengths = new HashMap<>();

  /** What a chain's first line says of others: how far they had come. */
  private final Map<ChainName, Map<ChainName, Long>> known = new HashMap<>();

  private long lines;

  /** {@code keys} are the nodes', that of today and those that they had before. One check only. */
  public AuditCheck(AuditStore store, List<ChainKey> keys) {
    this.store = store;
    keys.forEach(key -> this.keys.put(key.id(), key));
  }

  /** Looks at everything. */
  public Future<AuditReport> run() {
    Set<ChainName> headed = new LinkedHashSet<>();
    TreeSet<String> days = new TreeSet<>();
    return store
        .days()
        .compose(
            found -> {
              days.addAll(found);
              return each(new ArrayList<>(found), day -> day(day, headed));
            })
        .compose(done -> store.written())
        .compose(
            written ->
                each(written.stream().filter(name -> !headed.contains(name)).toList(), this::stray))
        .map(
            done -> {
              compareWithWhatOthersKnow(days);
              return new AuditReport(days.size(), headed.size(), lines, List.copyOf(findings));
            });
  }

  private Future<Void> day(String day, Set<ChainName> headed) {
    return store
        .chains(day)
        .compose(
            chains -> {
              chains.forEach(head -> headed.add(nameOf(head)));
              return each(chains, this::chain);
            });
  }

  private Future<Void> chain(ChainHead head) {
    ChainKey key = keys.get(head.keyId());
    if (key == null) {
      find(
          AuditFault.OTHER_KEY,
          nameOf(head),
          0,
          "sealed with key " + head.keyId() + ", which is none of " + keys.keySet());
      return Future.succeededFuture();
    }
    return walk(new Walk(head, key), 1);
  }

  private Future<Void> walk(Walk walk, long from) {
    return store
        .lines(walk.name.day(), walk.name.chain(), from, PAGE)
        .compose(
            page -> {
              page.forEach(walk::take);
              if (page.size() < PAGE) {
                walk.end();
                return Future.succeededFuture();
              }
              return walk(walk, page.get(page.size() - 1).seq() + 1);
            });
  }

  /** One chain from its first line to its last. */
  private final class Walk {
    private final ChainHead head;
    private final ChainKey key;
    private final ChainName name;
    private long last;
    private byte[] seal = new byte[0];
    private byte[] sealAtHead = new byte[0];

    Walk(ChainHead head, ChainKey key) {
      this.head = head;
      this.key = key;
      this.name = nameOf(head);
    }

    void take(AuditLine line) {
      lines++;
      if (line.seq() != last + 1) {
        find(
            AuditFault.MISSING,
            name,
            last + 1,
            line.seq() == last + 2 ? "not there" : "none up to line " + (line.seq() - 1));
      } else if (!MessageDigest.isEqual(line.seal(), key.seal(seal, line.text()))) {
        String where = placeIn(line);
        boolean elsewhere = !where.equals(place(name, line.seq()));
        find(
            elsewhere ? AuditFault.MISPLACED : AuditFault.ALTERED,
            name,
            line.seq(),
            elsewhere ? "it says that it is " + where : "it is not what was sealed");
      } else if (line.seq() == 1) {
        known.put(name, knownIn(line));
      }
      // On with the seal as it is there: a fault must not make one of every line behind it.
      last = line.seq();
      seal = line.seal();
      if (last == head.seq()) {
        sealAtHead = seal;
      }
    }

    void end() {
      lengths.put(name, last);
      if (last < head.seq()) {
        find(AuditFault.CUT_SHORT, name, last + 1, "it had reached line " + head.seq());
      } else if (!MessageDigest.isEqual(
          head.seal(), key.sealHead(name.day(), name.chain(), head.seq(), sealAtHead))) {
        find(AuditFault.HEAD_ALTERED, name, 0, "its length is not what was sealed");
      }
    }
  }

  private static String placeIn(AuditLine line) {
    try {
      JsonObject said = line.json();
      return place(
          new ChainName(said.getString("day"), said.getString("chain")), said.getLong("seq", 0L));
    } catch (DecodeException | ClassCastException unreadable) {
      return place(new ChainName(line.day(), line.chain()), line.seq());
    }
  }

  private static String place(ChainName name, long seq) {
    return name.day() + "/" + name.chain() + " line " + seq;
  }

  private static Map<ChainName, Long> knownIn(AuditLine opening) {
    Map<ChainName, Long> others = new HashMap<>();
    JsonObject details = opening.json().getJsonObject("details");
    for (String name : details.fieldNames()) {
      int slash = name.indexOf('/');
      others.put(
          new ChainName(name.substring(0, slash), name.substring(slash + 1)),
          Long.parseLong(details.getString(name)));
    }
    return others;
  }

  /** Looks again: a chain may have been opened since. */
  private Future<Void> stray(ChainName name) {
    return store
        .chains(name.day())
        .map(
            chains -> {
              if (chains.stream().noneMatch(head -> nameOf(head).equals(name))) {
                find(
                    AuditFault.UNKNOWN_CHAIN,
                    name,
                    0,
                    "there are lines of it, and no word that it exists");
              }
              return null;
            });
  }

  private void compareWithWhatOthersKnow(TreeSet<String> days) {
    known.forEach(
        (by, others) ->
            others.forEach(
                (name, seq) -> {
                  Long length = lengths.get(name);
                  boolean wasRemovedWithItsDay =
                      !days.contains(name.day()) && days.lower(name.day()) == null;
                  if (length != null && length < seq) {
                    find(
                        AuditFault.CUT_SHORT,
                        name,
                        length + 1,
                        "%s/%s knew it up to line %d".formatted(by.day(), by.chain(), seq));
                  } else if (length == null && !wasRemovedWithItsDay && !isOfOtherKey(name)) {
                    find(
                        AuditFault.CHAIN_GONE,
                        name,
                        0,
                        "%s/%s knew it up to line %d".formatted(by.day(), by.chain(), seq));
                  }
                }));
  }

  private boolean isOfOtherKey(ChainName name) {
    return findings.stream()
        .anyMatch(
            finding ->
                finding.fault() == AuditFault.OTHER_KEY
                    && finding.day().equals(name.day())
                    && finding.chain().equals(name.chain()));
  }

  private void find(AuditFault fault, ChainName name, long seq, String detail) {
    findings.add(new AuditFinding(fault, name.day(), name.chain(), seq, detail));
  }

  private static ChainName nameOf(ChainHead head) {
    return new ChainName(head.day(), head.chain());
  }

  private static <T> Future<Void> each(List<T> all, Function<T, Future<Void>> step) {
    Future<Void> done = Future.succeededFuture();
    for (T one : all) {
      done = done.compose(before -> step.apply(one));
    }
    return done;
  }
}

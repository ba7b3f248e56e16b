package chat.parley.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.audit.AuditStore.ChainName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What is written is what is checked, and what is done to it afterwards is found. */
class ChainTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final ChainKey KEY = new ChainKey(new byte[] {1, 2, 3});
  private static final String DAY = "2026-11-25";
  private static final String NEXT_DAY = "2026-11-26";

  private final MemoryAuditStore store = new MemoryAuditStore();
  private final Hands hands = new Hands(Instant.parse(DAY + "T12:00:00Z"));

  @AfterAll
  static void close() {
    VERTX.close().await();
  }

  @Test
  void whatIsRecordedIsReadInItsOrderAndSealed() {
    Chain chain = chain("n1");
    record(chain, 120);

    AuditReader reader = new AuditReader(store);
    List<AuditLine> read = new ArrayList<>();
    String cursor = null;
    do {
      AuditReader.Page page = reader.page(DAY, cursor, 50).await();
      assertThat(page.lines()).hasSizeLessThanOrEqualTo(50);
      read.addAll(page.lines());
      cursor = page.next();
    } while (cursor != null);
    assertThat(read).hasSize(121);
    assertThat(read.get(0).json().getString("action")).isEqualTo("chain.opened");
    assertThat(read.subList(1, 121))
        .extracting(line -> line.json().getJsonObject("details").getString("n"))
        .containsExactlyElementsOf(IntStream.range(0, 120).mapToObj(String::valueOf).toList());
    assertClean(121);
  }

  @Test
  void anAlteredLineIsFound() {
    record(chain("n1"), 5);
    alter(3, text -> text.replace("\"n\":\"1\"", "\"n\":\"7\""));
    assertFound(tuple(AuditFault.ALTERED, 3L));
  }

  @Test
  void anAlteredLineWithASealOfItsOwnIsFound() {
    record(chain("n1"), 5);
    ChainKey wrong = new ChainKey(new byte[] {9});
    TreeMap<Long, AuditLine> lines = lines();
    AuditLine was = lines.get(3L);
    String text = was.text().replace("\"n\":\"1\"", "\"n\":\"7\"");
    lines.put(3L, new AuditLine(DAY, "n1", 3, text, wrong.seal(lines.get(2L).seal(), text)));
    assertThat(check().findings()).extracting(AuditFinding::seq).contains(3L);
  }

  @Test
  void aRemovedLineIsFound() {
    record(chain("n1"), 5);
    lines().remove(3L);
    assertFound(tuple(AuditFault.MISSING, 3L));
  }

  @Test
  void aLineThatWasRemovedAndTheOthersMovedUpIsFound() {
    record(chain("n1"), 5);
    TreeMap<Long, AuditLine> lines = lines();
    for (long seq = 3; seq < 6; seq++) {
      AuditLine next = lines.get(seq + 1);
      lines.put(seq, new AuditLine(DAY, "n1", seq, next.text(), next.seal()));
    }
    lines.remove(6L);
    assertThat(check().findings())
        .extracting(AuditFinding::fault)
        .contains(AuditFault.MISPLACED, AuditFault.CUT_SHORT);
  }

  @Test
  void swappedLinesAreFound() {
    record(chain("n1"), 5);
    TreeMap<Long, AuditLine> lines = lines();
    AuditLine third = lines.get(3L);
    AuditLine fifth = lines.get(5L);
    lines.put(3L, new AuditLine(DAY, "n1", 3, fifth.text(), fifth.seal()));
    lines.put(5L, new AuditLine(DAY, "n1", 5, third.text(), third.seal()));
    assertThat(check().findings())
        .extracting(AuditFinding::fault, AuditFinding::seq)
        .contains(tuple(AuditFault.MISPLACED, 3L), tuple(AuditFault.MISPLACED, 5L));
  }

  @Test
  void aChainThatIsCutShortIsFound() {
    record(chain("n1"), 5);
    lines().remove(6L);
    assertFound(tuple(AuditFault.CUT_SHORT, 6L));
  }

  @Test
  void aHeadThatWasCutShortWithItsChainIsFound() {
    record(chain("n1"), 5);
    AuditLine last = lines().get(5L);
    lines().remove(6L);
    ChainName name = new ChainName(DAY, "n1");
    ChainHead head = store.heads.get(name);
    store.heads.put(name, new ChainHead(DAY, "n1", head.openedAt(), head.keyId(), 5, last.seal()));
    assertFound(tuple(AuditFault.HEAD_ALTERED, 0L));
  }

  @Test
  void aChainPutBackToAnEarlierStateIsFoundByTheOneThatKnewIt() {
    Chain first = chain("n1");
    record(first, 2);
    ChainHead early = store.heads.get(new ChainName(DAY, "n1"));
    record(first, 3);
    record(chain("n2"), 1);
    assertThat(check().findings()).isEmpty();

    store.heads.put(new ChainName(DAY, "n1"), early);
    lines().tailMap(4L).clear();

    assertFound(tuple(AuditFault.CUT_SHORT, 4L));
  }

  @Test
  void aChainThatDisappearsIsFoundByTheOneThatKnewIt() {
    record(chain("n1"), 2);
    hands.now = Instant.parse(NEXT_DAY + "T00:00:01Z");
    record(chain("n2"), 1);
    assertThat(check().findings()).isEmpty();
    record(chain("n3"), 1);

    store.heads.remove(new ChainName(NEXT_DAY, "n2"));
    assertThat(check().findings())
        .extracting(AuditFinding::fault)
        .contains(AuditFault.UNKNOWN_CHAIN, AuditFault.CHAIN_GONE);
    store.lines.remove(new ChainName(NEXT_DAY, "n2"));
    assertFound(tuple(AuditFault.CHAIN_GONE, 0L));
  }

  @Test
  void anOldDayThatAnOperatorRemovedIsNotMissed() {
    record(chain("n1"), 2);
    hands.now = Instant.parse(NEXT_DAY + "T00:00:01Z");
    record(chain("n2"), 1);
    store.heads.remove(new ChainName(DAY, "n1"));
    store.lines.remove(new ChainName(DAY, "n1"));
    assertClean(2);
  }

  @Test
  void aDayIsAChain() {
    Chain chain = chain("n1");
    record(chain, 2);
    hands.now = Instant.parse(NEXT_DAY + "T00:00:00Z");
    record(chain, 2);
    hands.now = Instant.parse(DAY + "T23:59:59Z");
    record(chain, 1);

    assertThat(lines()).hasSize(3);
    assertThat(store.lines.get(new ChainName(NEXT_DAY, "n1"))).hasSize(4);
    assertThat(
            store
                .lines
                .get(new ChainName(NEXT_DAY, "n1"))
                .get(1L)
                .json()
                .getJsonObject("details")
                .getString(DAY + "/n1"))
        .isEqualTo("3");
    assertClean(7);
  }

  @Test
  void whatCouldNotBeStoredIsStoredLaterUnderTheSameNumber() {
    Chain chain = chain("n1");
    record(chain, 1);
    store.away = true;
    Future<Void> late = chain.record(event(7));
    Awaitility.await().until(late::failed);
    for (int n = 0; n < 100; n++) {
      chain.record(event(n));
    }
    int before = store.appends;
    store.away = false;
    Awaitility.await().until(() -> lines().size() == 103);
    assertThat(store.appends - before).as("groups, not a write a line").isLessThan(10);
    record(chain, 1);
    assertClean(104);
  }

  @Test
  void anotherKeyIsSaidToBeOne() {
    record(chain("n1"), 2);
    assertThat(
            new AuditCheck(store, List.of(new ChainKey(new byte[] {9}))).run().await().findings())
        .extracting(AuditFinding::fault)
        .containsExactly(AuditFault.OTHER_KEY);
  }

  @Test
  void linesOfAnEarlierKeyAreHeldAgainstThatOne() {
    ChainKey earlier = new ChainKey(new byte[] {9});
    record(new Chain(VERTX, store, earlier, "n0", hands, new SimpleMeterRegistry()), 2);
    record(chain("n1"), 2);

    assertThat(new AuditCheck(store, List.of(KEY, earlier)).run().await().findings()).isEmpty();
    assertThat(new AuditCheck(store, List.of(KEY)).run().await().findings())
        .extracting(AuditFinding::chain)
        .containsExactly("n0");
  }

  private Chain chain(String name) {
    return new Chain(VERTX, store, KEY, name, hands, new SimpleMeterRegistry());
  }

  private static void record(Chain chain, int events) {
    List<Future<Void>> recorded = new ArrayList<>();
    for (int n = 0; n < events; n++) {
      recorded.add(chain.record(event(n)));
    }
    Future.all(recorded).await();
  }

  private static AuditEvent event(int n) {
    return AuditEvent.of(AuditAction.MEMBER_ROLE, "anna").with("n", String.valueOf(n));
  }

  private TreeMap<Long, AuditLine> lines() {
    return store.lines.get(new ChainName(DAY, "n1"));
  }

  private void alter(long seq, UnaryOperator<String> text) {
    AuditLine was = lines().get(seq);
    lines().put(seq, new AuditLine(DAY, "n1", seq, text.apply(was.text()), was.seal()));
  }

  private AuditReport check() {
    return new AuditCheck(store, List.of(KEY)).run().await();
  }

  private void assertClean(long lines) {
    AuditReport report = check();
    assertThat(report.findings()).isEmpty();
    assertThat(report.lines()).isEqualTo(lines);
  }

  private void assertFound(Tuple... findings) {
    assertThat(check().findings())
        .extracting(AuditFinding::fault, AuditFinding::seq)
        .containsExactly(findings);
  }

  /** A clock whose hands a test turns. */
  private static final class Hands extends Clock {
    private volatile Instant now;

    Hands(Instant now) {
      this.now = now;
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}

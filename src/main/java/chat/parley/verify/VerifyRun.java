package chat.parley.verify;

import chat.parley.conversation.ConversationScan.ConversationRow;
import chat.parley.kafka.StreamAwayException;
import chat.parley.kafka.StreamScan;
import chat.parley.log.LogScan.Table;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/** One verification: the conversations, then what belongs to none, then the stream. */
final class VerifyRun {
  private static final int MOST_FINDINGS = 10_000;
  private static final int MOST_OF_ONE_LOOK = 2_000;
  private static final int PAGE = 200;

  /** Clocks of nodes and brokers may differ by so much before a record counts as lacking. */
  private static final Duration CLOCKS_DIFFER = Duration.ofHours(2);

  private final Stores stores;
  private final VerifySettings settings;
  private final Clock clock;
  private final Set<String> only;
  private final VerifyProgress progress;
  private final Pace pace;
  private final StoreReads reads;
  private final Findings findings = new Findings(MOST_FINDINGS);
  private final VerifyCounts counts = new VerifyCounts();
  private final List<String> notes = new ArrayList<>();
  private final Strays strays;
  private final StreamCheck streamCheck;
  private final long startedAt = System.nanoTime();
  private StreamKept streamHeld = (conversation, large) -> Long.MAX_VALUE;
  private boolean walked;

  /** {@code only}: the conversations to look at; none: all. */
  VerifyRun(
      Stores stores,
      VerifySettings settings,
      Clock clock,
      Set<String> only,
      VerifyProgress progress) {
    this.stores = stores;
    this.settings = settings;
    this.clock = clock;
    this.only = only;
    this.progress = progress;
    this.pace = new Pace(settings.rowsPerSecond());
    this.reads = new StoreReads(pace);
    this.strays = new Strays(reads, stores, progress, findings, this::pause);
    this.streamCheck = new StreamCheck(only, findings);
  }

  VerifyReport with(StreamScan stream) {
    stream.lookBack();
    long now = clock.millis();
    // What is committed during the walk may come into a partition that has nothing now.
    streamHeld =
        (conversation, large) ->
            later(Math.min(now, stream.keptSince(conversation, large)), -CLOCKS_DIFFER.toMillis());
    walkAll();
    try {
      compare(stream);
    } catch (StreamAwayException gone) {
      return report(gone.getMessage());
    }
    return report("");
  }

  private static long later(long time, long by) {
    return time == Long.MIN_VALUE || time == Long.MAX_VALUE ? time : time + by;
  }

  /** What was walked already is not walked again. */
  VerifyReport withoutStream(String why) {
    walkAll();
    return report(why);
  }

  private void walkAll() {
    if (walked) {
      return;
    }
    walked = true;
    if (!only.isEmpty()) {
      only.forEach(this::walkOne);
      return;
    }
    long after = Long.MIN_VALUE;
    List<ConversationRow> page;
    do {
      long from = after;
      page = reads.rows(() -> stores.conversations().conversations(from, PAGE));
      for (ConversationRow row : page) {
        walk(row, within -> tell(Strays.shareOfRing(row.token())));
        tell(Strays.shareOfRing(row.token()));
        after = row.token();
      }
    } while (page.size() == PAGE);
    tell(1);
    strays.look();
  }

  private void walkOne(String id) {
    Optional<ConversationRow> row = reads.one(() -> stores.conversations().conversation(id));
    if (row.isPresent()) {
      walk(row.get(), this::tell);
      return;
    }
    if (reads.rows(() -> stores.log().bounds(id, 0, 0, 1)).isEmpty()) {
      throw new CannotLookException("there is no conversation " + id);
    }
    strays.unknown(id, Table.CHANGES);
  }

  private void tell(double share) {
    progress.at(
        "conversations",
        share,
        String.format(
            Locale.ROOT, "%,d conversations, %,d rows", counts.conversations, counts.rows));
  }

  private void walk(ConversationRow row, DoubleConsumer within) {
    Findings first = new Findings(MOST_OF_ONE_LOOK);
    ConversationReading.Seen seen = look(row, stores, first, counts, within);
    if (!first.isEmpty()) {
      pause();
      Findings second = new Findings(MOST_OF_ONE_LOOK);
      seen = look(row, stores.ofEveryReplica(), second, new VerifyCounts(), share -> {});
      first.confirm(second, findings);
    }
    streamCheck.expect(row.conversation(), seen.digests());
    strays.known(row.conversation(), seen.members());
  }

  private ConversationReading.Seen look(
      ConversationRow row,
      Stores from,
      Findings found,
      VerifyCounts counting,
      DoubleConsumer within) {
    long recentSince = clock.millis() - SeenSends.PROMISED.toMillis();
    return new ConversationReading(reads, from, row, found, counting)
        .look(recentSince, streamHeld, within);
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(settings.secondLookAfter().toMillis());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CannotLookException("interrupted");
    }
  }

  private void compare(StreamScan stream) {
    long all = Math.max(1, stream.records());
    stream.read(
        (place, record) -> {
          counts.records++;
          pace.took(1);
          streamCheck.record(place, record);
          progress.at(
              "stream",
              Math.min(1, (double) counts.records / all),
              String.format(Locale.ROOT, "%,d records", counts.records));
        });
    new LateRows(reads, stores.ofEveryReplica()).settle(streamCheck);
    streamCheck.end(
        (conversation, large) ->
            later(stream.keptSince(conversation, large), CLOCKS_DIFFER.toMillis()));
    notes.addAll(streamCheck.coverage().notes());
  }

  private VerifyReport report(String streamAway) {
    return new VerifyReport(
        counts.conversations,
        counts.changes,
        counts.rows,
        counts.sendKeys,
        counts.members,
        counts.cursors,
        counts.records,
        streamCheck.coverage(),
        streamAway,
        notes,
        findings.kept(),
        findings.more(),
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt));
  }
}

package chat.parley.audit;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer of a run's chains, a chain a day. Events are numbered and sealed here, in the
 * order in which they came, and stored one group at a time; a group that may not be stored is
 * stored again until it is, so no number is left out. What waits is bounded: past the bound an
 * event is refused, counted, and stands in the program's log alone.
 */
public final class Chain implements Audit {
  private static final Logger LOG = LoggerFactory.getLogger(Chain.class);
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_GROUP = 50;
  private static final long RETRY_MS = 1_000;
  private static final long LAST_WORDS_MS = 3_000;

  /** The seal before the first line. */
  private static final byte[] NOTHING = new byte[0];

  private record Waiting(AuditEvent event, Instant at, Promise<Void> stored) {}

  /** What is being stored: the same lines however often it takes. */
  private record Group(List<AuditLine> lines, List<Waiting> of) {}

  private final Vertx vertx;
  private final AuditStore store;
  private final ChainKey key;
  private final String name;
  private final Clock clock;
  private final Counter written;
  private final Counter refused;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private Group group;
  private boolean busy;
  private boolean resting;
  private String day;
  private long openedAt;
  private long seq;
  private byte[] seal;

  /**
   * A writer that has written nothing.
   *
   * @param name of its chains; no other writer, of this or another run, may ever bear it
   */
  public Chain(
      Vertx vertx, AuditStore store, ChainKey key, String name, Clock clock, MeterRegistry meters) {
    this.vertx = vertx;
    this.store = store;
    this.key = key;
    this.name = name;
    this.clock = clock;
    this.written =
        Counter.builder("parley.audit.lines")
            .description("Lines that this node has written into the audit log")
            .register(meters);
    this.refused =
        Counter.builder("parley.audit.refused")
            .description("Security acts that stand in the program's log alone: too many waited")
            .register(meters);
    Gauge.builder("parley.audit.waiting", this, Chain::waiting)
        .description("Security acts that wait to be written into the audit log")
        .register(meters);
  }

  @Override
  public Future<Void> record(AuditEvent event) {
    AuditLines.write(event);
    Waiting mine = new Waiting(event, clock.instant(), Promise.promise());
    synchronized (this) {
      if (waiting.size() >= MAX_WAITING) {
        refused.increment();
        return Future.failedFuture(
            new FailureException(Failure.OVERLOADED, "the audit log has too much to do"));
      }
      waiting.add(mine);
    }
    writeOn();
    return mine.stored().future();
  }

  private synchronized int waiting() {
    return waiting.size() + (group == null ? 0 : group.of().size());
  }

  /** Completes when all is stored that was recorded before, or when that takes too long. */
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    long timer = vertx.setTimer(LAST_WORDS_MS, late -> closed.tryComplete());
    List<Future<Void>> last = new ArrayList<>();
    synchronized (this) {
      waiting.forEach(one -> last.add(one.stored().future()));
      if (group != null) {
        group.of().forEach(one -> last.add(one.stored().future()));
      }
    }
    Future.join(last).onComplete(done -> closed.tryComplete());
    return closed.future().onComplete(done -> vertx.cancelTimer(timer));
  }

  /** Begins with the next group, unless one is under way or the store is given time. */
  private void writeOn() {
    synchronized (this) {
      if (busy || resting || waiting.isEmpty() && group == null) {
        return;
      }
      busy = true;
    }
    write().onComplete(done -> ended(done.cause()));
  }

  private void ended(Throwable cause) {
    List<Waiting> told = new ArrayList<>();
    synchronized (this) {
      busy = false;
      if (group != null) {
        told.addAll(group.of());
      }
      if (cause == null) {
        written.increment(group.lines().size());
        group = null;
      } else {
        told.addAll(waiting);
        resting = true;
      }
    }
    if (cause == null) {
      told.forEach(one -> one.stored().tryComplete());
      writeOn();
    } else {
      LOG.atWarn()
          .addKeyValue("waiting", waiting())
          .addKeyValue("cause", cause.toString())
          .log("the audit log cannot be written now, and will be");
      told.forEach(one -> one.stored().tryFail(cause));
      vertx.setTimer(RETRY_MS, again -> wake());
    }
  }

  private void wake() {
    synchronized (this) {
      resting = false;
    }
    writeOn();
  }

  private Future<Void> write() {
    Future<Void> ready;
    synchronized (this) {
      ready = group != null ? Future.succeededFuture() : openedFor(waiting.peek().at());
    }
    return ready
        .compose(open -> store.append(next().lines()))
        .compose(stored -> store.reach(head()));
  }

  /** A clock that goes back keeps the day: a chain is never gone on with once the next is begun. */
  private Future<Void> openedFor(Instant at) {
    String today = LocalDate.ofInstant(at, ZoneOffset.UTC).toString();
    if (day != null && today.compareTo(day) <= 0) {
      return Future.succeededFuture();
    }
    String dayBefore = LocalDate.parse(today).minusDays(1).toString();
    ChainHead head =
        new ChainHead(
            today, name, clock.millis(), key.id(), 0, key.sealHead(today, name, 0, NOTHING));
    // The word that there is a chain comes before its first line: so no line is ever a stranger.
    return Future.all(store.chains(dayBefore), store.chains(today))
        .compose(
            known -> {
              List<ChainHead> others = new ArrayList<>(known.<List<ChainHead>>resultAt(0));
              others.addAll(known.<List<ChainHead>>resultAt(1));
              return store.reach(head).onSuccess(there -> begin(head, others));
            });
  }

  /** The first line names the other chains: one that disappears as a whole is missed by these. */
  private synchronized void begin(ChainHead head, List<ChainHead> others) {
    day = head.day();
    seq = 0;
    seal = NOTHING;
    openedAt = head.openedAt();
    AuditEvent opening = AuditEvent.of(AuditAction.CHAIN_OPENED, name);
    for (ChainHead other : others) {
      opening = opening.with(other.day() + "/" + other.chain(), String.valueOf(other.seq()));
    }
    waiting.addFirst(new Waiting(opening, clock.instant(), Promise.promise()));
  }

  /** The group under way, made of what waits where there is none. */
  private synchronized Group next() {
    if (group == null) {
      List<AuditLine> lines = new ArrayList<>();
      List<Waiting> of = new ArrayList<>();
      do {
        Waiting one = waiting.remove();
        AuditLine line = sealed(one);
        lines.add(line);
        of.add(one);
      } while (lines.size() < MAX_GROUP
          && !waiting.isEmpty()
          && seq % AuditLine.PER_PART != 0
          && isOfThisDay(waiting.peek().at()));
      group = new Group(lines, of);
    }
    return group;
  }

  private boolean isOfThisDay(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC).toString().compareTo(day) <= 0;
  }

  private AuditLine sealed(Waiting one) {
    seq++;
    String text = AuditLine.text(day, name, seq, one.at(), one.event());
    seal = key.seal(seal, text);
    return new AuditLine(day, name, seq, text, seal);
  }

  private synchronized ChainHead head() {
    return new ChainHead(day, name, openedAt, key.id(), seq, key.sealHead(day, name, seq, seal));
  }
}

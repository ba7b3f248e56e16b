package chat.parley.inbox;

import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.ConversationScan.ConversationRow;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import chat.parley.personal.InboxNote;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Walks through all conversations for ever, a step at a time, and compares rows of some of their
 * members with the log. A row that lacks something may only be late, so it is looked at again once
 * all that was in the stream at the first look is known to have been handled: what is lacking then
 * is drift. It is counted, shown, and mended.
 */
final class Sampler {
  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final int PAGE = 100;
  private static final int ROWS_OF_EACH = 8;
  private static final int MAX_SUSPECTS = 1_000;

  /**
   * To look at some rows of a conversation all its members are read; so many a step, on average.
   */
  private static final int MEMBERS_A_STEP = 1_000;

  /** A row that lacked this when it was looked at. */
  private record Suspect(InboxNote note, long seenAt) {}

  private final ConversationScan scan;
  private final MessageLog log;
  private final InboxRows rows;
  private final TrueRows truth;
  private final LongSupplier rowsAgeMs;
  private final InboxMeters meters;
  private final Random random;
  private final Deque<ConversationId> next = new ArrayDeque<>();
  private final Deque<Suspect> suspects = new ArrayDeque<>();
  private long token;
  private boolean stepping;
  private int rests;

  /** {@code rowsAgeMs}: all that was in the stream so many milliseconds ago is in the rows. */
  Sampler(
      ConversationScan scan,
      MessageLog log,
      InboxRows rows,
      TrueRows truth,
      LongSupplier rowsAgeMs,
      InboxMeters meters,
      Random random) {
    this.scan = scan;
    this.log = log;
    this.rows = rows;
    this.truth = truth;
    this.rowsAgeMs = rowsAgeMs;
    this.meters = meters;
    this.random = random;
    this.token = random.nextLong(); // several nodes begin at several places
  }

  /** One step, unless the last one is still under way. A failure costs that step. */
  Future<Void> step() {
    if (stepping) {
      return Future.succeededFuture();
    }
    stepping = true;
    return judge().compose(judged -> lookUnlessResting()).onComplete(done -> stepping = false);
  }

  private Future<Void> lookUnlessResting() {
    if (rests == 0) {
      return look();
    }
    rests--;
    return Future.succeededFuture();
  }

  private Future<Void> look() {
    ConversationId conversation = next.poll();
    if (conversation == null) {
      return turnPage();
    }
    return log.published(conversation)
        .compose(place -> truth.at(conversation, place, this::some))
        .compose(
            notes -> {
              List<Future<Void>> looks = new ArrayList<>();
              long now = System.nanoTime();
              for (InboxNote note : notes) {
                looks.add(
                    stored(note)
                        .map(
                            row -> {
                              if (RowCheck.lacks(row, note) && suspects.size() < MAX_SUSPECTS) {
                                suspects.add(new Suspect(note, now));
                              }
                              return null;
                            }));
              }
              meters.sampled(notes.size());
              return Future.all(looks).mapEmpty();
            });
  }

  private Future<Void> turnPage() {
    return scan.conversations(token, PAGE)
        .map(
            found -> {
              if (found.isEmpty()) {
                token = Long.MIN_VALUE;
                meters.passEnded();
              } else {
                token = found.get(found.size() - 1).token();
                found.stream()
                    .map(ConversationRow::conversation)
                    .forEach(id -> next.add(new ConversationId(id)));
              }
              return null;
            });
  }

  private List<UserId> some(List<UserId> present) {
    rests = present.size() / MEMBERS_A_STEP;
    List<UserId> shuffled = new ArrayList<>(present);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, Math.min(ROWS_OF_EACH, shuffled.size()));
  }

  /** The oldest suspect, once it can no longer be late only. */
  private Future<Void> judge() {
    Suspect oldest = suspects.peek();
    if (oldest == null || rowsAgeMs.getAsLong() >= ageMs(oldest)) {
      return Future.succeededFuture();
    }
    suspects.poll();
    return stored(oldest.note())
        .compose(
            row -> {
              if (!RowCheck.lacks(row, oldest.note())) {
                return Future.succeededFuture();
              }
              return hasGrown(row, oldest.note())
                  .compose(grown -> grown ? Future.succeededFuture() : mend(row, oldest.note()));
            });
  }

  /**
   * Whether the conversation may have become large since the first look, so that nothing is lacking
   * where it seems so. The next pass looks at it as it is then. The log is not asked for the next
   * change: it takes every bound for committed, and remembers.
   */
  private Future<Boolean> hasGrown(Optional<InboxRow> row, InboxNote note) {
    if (row.isEmpty() || !RowCheck.leftOff(row.get(), note)) {
      return Future.succeededFuture(false);
    }
    return truth.joinedAfter(note.conversationId(), note.position().changeSeq());
  }

  private Future<Void> mend(Optional<InboxRow> row, InboxNote note) {
    meters.drifted();
    LOG.atWarn()
        .addKeyValue("row", row.map(Object::toString).orElse("none"))
        .addKeyValue("lacks", note)
        .log("a row of an inbox had drifted from its log; it is mended");
    return rows.note(List.of(note));
  }

  private Future<Optional<InboxRow>> stored(InboxNote note) {
    return rows.of(note.userId(), note.conversationId());
  }

  private static long ageMs(Suspect suspect) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - suspect.seenAt());
  }
}

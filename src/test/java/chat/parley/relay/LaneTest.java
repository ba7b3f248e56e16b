package chat.parley.relay;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The order in which a conversation's changes go out while the stream takes only some of them. */
final class LaneTest {
  private static final ConversationId CONVERSATION = new ConversationId("c");
  private static final int PAGE = 5;

  private final Stream stream = new Stream();
  private final Lane lane = new Lane(stream, CONVERSATION, 0);

  @Test
  void nothingOvertakesAChangeThatWasRefused() {
    stream.room = 1;
    commit(1, 3);
    assertThat(stream.taken).containsExactly(1L);

    stream.room = 10;
    stream.ackAll();
    stream.pauseEnds();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L);
    stream.ackAll();
    assertThat(stream.published).containsExactly(1L, 2L, 3L);
    assertThat(lane.backlog()).isZero();
  }

  @Test
  void aGroupThatWasRefusedGoesOutBeforeTheNextOne() {
    stream.room = 0;
    commit(1, 2);
    commit(3, 3);

    stream.room = 10;
    stream.pauseEnds();
    stream.ackAll();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L);
    assertThat(lane.backlog()).isZero();
  }

  @Test
  void nothingOfAPageOvertakesWhatWasRefused() {
    stream.room = 0;
    commit(1, 4);

    stream.room = 2;
    stream.pauseEnds();
    assertThat(stream.taken).containsExactly(1L, 2L);
  }

  @Test
  void aPageThatIsMoreThanTheStreamTakesAtOnceStillComesThrough() {
    stream.room = 0;
    commit(1, 20);

    for (int turn = 0; turn < 20 && lane.backlog() > 0; turn++) {
      stream.room = 2;
      stream.pauseEnds();
      stream.ackAll();
    }
    assertThat(lane.backlog()).isZero();
    assertThat(stream.published).isSorted().endsWith(20L);
    assertThat(stream.firsts())
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
  }

  @Test
  void aChangeThatIsNotAckedGoesOutAgainWithAllThatFollowIt() {
    stream.room = 10;
    commit(1, 3);
    stream.ack();
    stream.fail();
    stream.ackAll();
    assertThat(stream.published).containsExactly(1L);

    stream.pauseEnds();
    stream.ackAll();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L, 2L, 3L);
    assertThat(stream.published).containsExactly(1L, 2L, 3L);
    assertThat(lane.backlog()).isZero();
  }

  @Test
  void whatIsAckedBeforeThatInFrontOfItCountsOnceThatIsAckedToo() {
    stream.room = 10;
    commit(1, 3);
    stream.ackLast();
    stream.ackLast();
    assertThat(stream.published).isEmpty();
    assertThat(lane.backlog()).isEqualTo(3);

    stream.ack();
    assertThat(stream.published).containsExactly(1L, 2L, 3L);
    assertThat(lane.backlog()).isZero();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L);
  }

  @Test
  void whatIsAckedBeforeAFailureInFrontOfItGoesOutAgainBehindIt() {
    stream.room = 10;
    commit(1, 3);
    stream.ackLast();
    stream.ackLast();
    stream.fail();
    assertThat(stream.published).isEmpty();

    stream.pauseEnds();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L, 1L, 2L, 3L);
    stream.ackAll();
    assertThat(stream.published).containsExactly(1L, 2L, 3L);
    assertThat(lane.backlog()).isZero();
  }

  @Test
  void theFirstChangeInAnotherTopicWaitsForAllBeforeItInTheirs() {
    stream.largeFrom = 3;
    stream.room = 20;
    commit(1, 4);
    commit(5, 6);
    assertThat(stream.taken).containsExactly(1L, 2L);

    stream.ack();
    assertThat(stream.taken).containsExactly(1L, 2L);
    stream.ack();
    assertThat(stream.taken).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    stream.ackAll();
    assertThat(stream.published).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(lane.backlog()).isZero();
  }

  @Test
  void whatIsNotAckedBeforeTheTurnGoesOutAgainBeforeIt() {
    stream.largeFrom = 3;
    stream.room = 20;
    commit(1, 4);
    stream.ack();
    stream.fail();
    stream.pauseEnds();
    assertThat(stream.taken).containsExactly(1L, 2L, 2L);

    stream.ackAll();
    assertThat(stream.taken).containsExactly(1L, 2L, 2L, 3L, 4L);
    stream.ackAll();
    assertThat(stream.published).containsExactly(1L, 2L, 3L, 4L);
    assertThat(lane.backlog()).isZero();
  }

  private void commit(long from, long to) {
    stream.committed = to;
    lane.committed(from - 1, stream.changes(from, to));
  }

  /** A stream with room for so many more changes, which are acked when the test says so. */
  private static final class Stream implements Lanes {
    private final List<Long> taken = new ArrayList<>();
    private final List<Long> published = new ArrayList<>();
    private final Deque<Promise<Void>> unacked = new ArrayDeque<>();
    private final Deque<Runnable> pauses = new ArrayDeque<>();
    private long committed;
    private long largeFrom = Long.MAX_VALUE;
    private int room;

    private List<Change> changes(long from, long to) {
      return LongStream.rangeClosed(from, to)
          .mapToObj(
              n ->
                  new Change(
                          CONVERSATION,
                          n,
                          n,
                          ChangeType.MESSAGE_NEW,
                          new UserId("u"),
                          null,
                          n,
                          new byte[0])
                      .largeSince(n < largeFrom ? 0 : largeFrom))
          .toList();
    }

    @Override
    public Future<Void> send(Change change) {
      if (room == 0) {
        return Future.failedFuture(new RejectedExecutionException("full"));
      }
      room--;
      taken.add(change.changeSeq());
      Promise<Void> ack = Promise.promise();
      unacked.add(ack);
      return ack.future();
    }

    @Override
    public void acked(ConversationId conversation, Position position) {
      published.add(position.changeSeq());
    }

    @Override
    public Future<List<Change>> read(ConversationId conversation, long from) {
      return Future.succeededFuture(changes(from, Math.min(committed, from + PAGE - 1)));
    }

    @Override
    public void later(Runnable step) {
      pauses.add(step);
    }

    void pauseEnds() {
      List<Runnable> due = List.copyOf(pauses);
      pauses.clear();
      due.forEach(Runnable::run);
    }

    void ack() {
      unacked.remove().complete();
    }

    void ackLast() {
      unacked.removeLast().complete();
    }

    void fail() {
      unacked.remove().fail("not acked in time");
    }

    void ackAll() {
      while (!unacked.isEmpty()) {
        ack();
      }
    }

    /** In the order in which they came for the first time. */
    List<Long> firsts() {
      return taken.stream().distinct().toList();
    }
  }
}

package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.QueryMessages.Direction;
import chat.parley.bus.QueryMessages.MessagesPage;
import chat.parley.bus.QueryMessages.MessagesQuery;
import chat.parley.conversation.Standing.Range;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Amendment;
import chat.parley.log.Amendments;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pages of messages that are long. */
class HistoryReaderTest {
  private static final ConversationId C = new ConversationId("c");
  private static final UserId ANNA = new UserId("anna");
  private static final int MESSAGES = 100;
  private static final int PAGE_BYTES = 262_144;
  private static final View ALL =
      new View(new Position(MESSAGES, MESSAGES), List.of(new Range(1, MESSAGES)), true);

  private int bytesEach = 16_384;
  private final HistoryReader reader =
      new HistoryReader(new LongMessages(), new LatestStates(new NeverAmended()), null, null);

  @Test
  void longMessagesComeInSeveralPagesNewestFirstAndNoneIsLost() {
    List<Long> read = new ArrayList<>();
    MessagesPage page = page(Direction.LATEST, 0);
    while (page.hasMore()) {
      read.addAll(numbers(page));
      page = page(Direction.BEFORE, read.get(read.size() - 1));
    }
    read.addAll(numbers(page));

    assertThat(read)
        .isEqualTo(LongStream.rangeClosed(1, MESSAGES).map(i -> MESSAGES + 1 - i).boxed().toList());
  }

  @Test
  void longMessagesComeInSeveralPagesOldestFirstAndNoneIsLost() {
    List<Long> read = new ArrayList<>();
    MessagesPage page = page(Direction.AFTER, 0);
    while (page.hasMore()) {
      read.addAll(numbers(page));
      page = page(Direction.AFTER, read.get(read.size() - 1));
    }
    read.addAll(numbers(page));

    assertThat(read).isEqualTo(LongStream.rangeClosed(1, MESSAGES).boxed().toList());
  }

  @Test
  void whatIsAskedForIsInThePageAroundItWithoutAHole() {
    for (long wanted : List.of(1L, 2L, 50L, 99L, 100L)) {
      MessagesPage page = page(Direction.AROUND, wanted);
      List<Long> numbers = numbers(page);

      assertThat(numbers).contains(wanted);
      assertThat(page.hasMore()).isTrue();
      long newest = numbers.get(0);
      assertThat(numbers)
          .isEqualTo(LongStream.range(0, numbers.size()).map(i -> newest - i).boxed().toList());
    }
  }

  @Test
  void aMessageLongerThanAPageComesAlone() {
    bytesEach = PAGE_BYTES + 1;

    assertThat(numbers(reader.messages(query(Direction.LATEST, 0), ALL).result()))
        .containsExactly(100L);
    assertThat(numbers(reader.messages(query(Direction.AFTER, 7), ALL).result()))
        .containsExactly(8L);
    assertThat(numbers(reader.messages(query(Direction.AROUND, 7), ALL).result()))
        .containsExactly(8L, 7L);
  }

  @Test
  void shortMessagesComeInOnePage() {
    bytesEach = 100;

    MessagesPage page = page(Direction.LATEST, 0);

    assertThat(page.items()).hasSize(MESSAGES);
    assertThat(page.hasMore()).isFalse();
  }

  private MessagesPage page(Direction direction, long changeSeq) {
    MessagesPage page = reader.messages(query(direction, changeSeq), ALL).result();
    assertThat(page.items()).isNotEmpty();
    assertThat(page.items().stream().mapToInt(change -> change.payload().length).sum())
        .isLessThanOrEqualTo(PAGE_BYTES);
    return page;
  }

  private static MessagesQuery query(Direction direction, long changeSeq) {
    return new MessagesQuery(ANNA, C, direction, changeSeq, MESSAGES);
  }

  private static List<Long> numbers(MessagesPage page) {
    return page.items().stream().map(Change::changeSeq).toList();
  }

  private final class LongMessages implements MessageLog {
    @Override
    public Future<List<Change>> ascending(
        ConversationId conversation, long from, long bound, int limit) {
      return Future.succeededFuture(
          LongStream.rangeClosed(from, bound).limit(limit).mapToObj(this::message).toList());
    }

    @Override
    public Future<List<Change>> descending(
        ConversationId conversation, long bound, long downTo, int limit) {
      return Future.succeededFuture(
          LongStream.rangeClosed(downTo, bound)
              .map(i -> bound + downTo - i)
              .limit(limit)
              .mapToObj(this::message)
              .toList());
    }

    @Override
    public Future<Position> published(ConversationId conversation) {
      throw new AssertionError();
    }

    private Change message(long number) {
      byte[] payload = "x".repeat(bytesEach).getBytes(StandardCharsets.US_ASCII);
      return new Change(C, number, number, ChangeType.MESSAGE_NEW, ANNA, null, 1, payload);
    }
  }

  private static final class NeverAmended implements Amendments {
    @Override
    public Future<List<Amendment>> of(ConversationId conversation, long from, long to) {
      return Future.succeededFuture(List.of());
    }

    @Override
    public Future<Void> store(ConversationId conversation, Collection<Change> amendments) {
      throw new AssertionError();
    }
  }
}

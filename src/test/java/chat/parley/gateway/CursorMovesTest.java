package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CursorMovesTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId MOVING = new ConversationId("moving");

  private final Vertx vertx = Vertx.vertx();
  private final List<MoveCursors> asked = new CopyOnWriteArrayList<>();
  private volatile Function<MoveCursors, Future<Moved>> stage =
      moves -> Future.succeededFuture(Moved.all());
  private CursorMoves moves;

  @BeforeEach
  void begin() {
    Bus bus = new Bus(vertx, 2_000);
    BusCodecs.install(vertx.eventBus());
    Await.join(bus.answer(Addresses.RECEIPTS, this::answer));
    moves = new CursorMoves(bus, 100);
  }

  @AfterEach
  void end() {
    Await.join(vertx.close());
  }

  @Test
  void whatIsNotStoredGoesOnceMoreAndOnlyWhoWaitsForItHearsOfThat() {
    stage = all -> Future.succeededFuture(new Moved(all.in(Set.of(MOVING))));
    Future<Void> stored = moves.move(List.of(delivered(ROOM)), List.of(), true);
    Future<Void> unstored = moves.move(List.of(delivered(MOVING)), List.of(), true);

    Await.join(moves.flush());

    assertThat(stored.succeeded()).isTrue();
    assertThat(unstored.failed()).isTrue();
    stage = all -> Future.succeededFuture(Moved.all());
    Await.join(moves.close());
    assertThat(asked.get(1).delivered()).containsExactly(delivered(MOVING));
    Await.join(moves.close());
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatNobodyAnswersForGoesOnceMore() {
    stage = all -> Future.failedFuture("the store is away");
    Future<Void> unstored = moves.move(List.of(delivered(ROOM)), List.of(), true);
    Await.join(moves.flush());
    assertThat(unstored.failed()).isTrue();

    stage = all -> Future.succeededFuture(Moved.all());
    Await.join(moves.close());

    assertThat(asked).hasSize(2);
    assertThat(asked.get(1).delivered()).containsExactly(delivered(ROOM));
  }

  private Future<Moved> answer(ReceiptMessages message) {
    asked.add((MoveCursors) message);
    return stage.apply((MoveCursors) message);
  }

  private static Delivered delivered(ConversationId conversation) {
    return new Delivered(new UserId("ann"), new DeviceId("phone"), conversation, 7, 5);
  }
}

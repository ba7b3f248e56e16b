package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages.Delivered;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.PrivateReceipts;
import chat.parley.testing.Await;
import chat.parley.testing.MembersInMemory;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiptsVerticleTest {
  private static final ConversationId HALL = new ConversationId("hall");
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final String GATHERING = "n2";

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx, 20_000);
  private final KeptCursors cursors = new KeptCursors(ANNA);

  @BeforeEach
  void begin() {
    BusCodecs.install(vertx.eventBus());
    MembersInMemory members = new MembersInMemory();
    members.join(ROOM, ANNA, Role.MEMBER);
    members.join(HALL, ANNA, Role.MEMBER);
    HeadsSoon heads =
        (asked, ms) -> {
          Map<ConversationId, Head> found = new HashMap<>();
          asked.forEach(id -> found.put(id, new Head(id, 9, 7, id.equals(HALL))));
          return Future.succeededFuture(found);
        };
    Clock clock = Clock.systemUTC();
    LargeSettings settings = LargeSettings.defaults();
    Await.join(
        vertx.deployVerticle(
            new ReceiptsVerticle(
                new ReceiptsVerticle.Parts(
                    bus,
                    new CursorMover(members, cursors, null, heads, clock),
                    null,
                    new KnownChoices(new NoChoices(), clock),
                    new Sizes(heads, clock),
                    new Places("n1", () -> Set.of(GATHERING)),
                    new LargeReceipts(
                        members, cursors, null, heads, any -> {}, () -> true, settings, clock),
                    settings))));
  }

  @AfterEach
  void end() {
    Await.join(vertx.close());
  }

  @Test
  void aPlaceThatIsSilentHoldsUpNoOther() {
    Await.join(
        bus.answer(Addresses.receipts(GATHERING), asked -> Promise.<Moved>promise().future()));

    Moved moved = Await.join(ask(new MoveCursors(moves(), List.of()).inPart()));

    assertThat(moved.rest().delivered()).containsExactly(delivered(HALL));
    assertThat(cursors.delivered).extracting(one -> one.conversationId()).containsExactly(ROOM);
  }

  @Test
  void whoWantsAllHearsThatItIsNot() {
    assertThatThrownBy(() -> Await.join(ask(new MoveCursors(moves(), List.of()))))
        .hasMessageContaining("not all cursors");
    Await.join(
        bus.answer(
            Addresses.receipts(GATHERING), asked -> Future.succeededFuture(new Moved(null))));

    assertThat(Await.join(ask(new MoveCursors(moves(), List.of())))).isEqualTo(Moved.all());
  }

  private Future<Moved> ask(MoveCursors moves) {
    return bus.request(Addresses.RECEIPTS, moves, Moved.class);
  }

  private static List<Delivered> moves() {
    return List.of(delivered(ROOM), delivered(HALL));
  }

  private static Delivered delivered(ConversationId conversation) {
    return new Delivered(ANNA, new DeviceId("phone"), conversation, 5, 5);
  }

  /** Everybody lets others know. */
  private static final class NoChoices implements PrivateReceipts {
    @Override
    public Future<Choices> of(UserId user) {
      return Future.succeededFuture(Choices.NONE);
    }

    @Override
    public Future<Void> everywhere(UserId user, boolean hidden) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> here(UserId user, ConversationId conversation, ReceiptChoice choice) {
      throw new UnsupportedOperationException();
    }
  }
}

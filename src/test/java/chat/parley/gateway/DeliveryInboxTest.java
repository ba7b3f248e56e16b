package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.auth.Principal;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a batch is answered with: the fan-out commits its offset on the strength of that. */
class DeliveryInboxTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");

  private final Vertx vertx = Vertx.vertx();
  private final GatewaySettings settings = GatewaySettings.defaults();
  private final GatewayMetrics metrics =
      new GatewayMetrics(new SimpleMeterRegistry(), Clock.systemUTC());
  private final Connections connections = new Connections(4);
  private final DeliveryInbox inbox =
      new DeliveryInbox(
          vertx,
          connections,
          // Never asked: no device here lacks anything.
          new GapRepair(null, settings, metrics, Clock.systemUTC()),
          metrics,
          settings.sliceFrames());

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @Test
  void aBatchIsTakenOnceItIsWrittenToEveryDevice() {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);

    Future<DeliveryMessages> taken = inbox.take(batch(change(1), change(2)));

    assertThat(taken.result()).isEqualTo(new Taken(2));
    assertThat(anna.written).hasSize(2).isEqualTo(ben.written);
  }

  @Test
  void aSocketThatCannotBeWrittenToIsClosedToComeBackAndCostsNobodyElse() {
    Peer broken = connect(ANNA);
    Peer ben = connect(BEN);
    broken.broken = true;

    Future<DeliveryMessages> taken = inbox.take(batch(change(1)));

    assertThat(taken.result()).isEqualTo(new Taken(1));
    assertThat(broken.closedWith).isEqualTo(CloseCode.TRY_AGAIN.number());
    assertThat(ben.written).hasSize(1);
  }

  @Test
  void aBatchThatBreaksTheGatewayIsNotTakenAndThoseBehindItAre() {
    Peer anna = connect(ANNA);

    Future<DeliveryMessages> broken = inbox.take(batch(change(1), null));
    Future<DeliveryMessages> next = inbox.take(batch(change(2)));

    assertThat(broken.failed()).isTrue();
    assertThat(next.result()).isEqualTo(new Taken(1));
    assertThat(anna.written).hasSize(2);
  }

  @Test
  void aReceiptThatOvertookItsMessageWaitsForIt() {
    Peer anna = connect(ANNA);
    inbox.take(batch(change(1)));
    inbox.take(receipt("first", 1));
    inbox.take(receipt("second", 2));
    assertThat(anna.written).hasSize(2).last().isEqualTo("first");
    inbox.take(batch(change(2)));
    assertThat(anna.written).hasSize(4).last().isEqualTo("second");
  }

  @Test
  void whoIsOutHearsOfNoReceiptThatWasForThoseWhoStayed() {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);
    inbox.take(batch(change(1)));
    inbox.take(receipt("too early", 2));
    inbox.take(batch(left(2, ANNA)));
    inbox.take(receipt("too late", 1));
    assertThat(anna.written).hasSize(2).doesNotContain("too early", "too late");
    inbox.take(new DeliverChanges(List.of(new Delivery(change(3, 2), List.of(BEN)))));
    assertThat(ben.written).contains("too early", "too late");
    assertThat(anna.written).hasSize(2);
  }

  private static DeliverSoft receipt(String text, long seq) {
    return new DeliverSoft(ROOM, List.of(ANNA, BEN), text.getBytes(StandardCharsets.UTF_8), seq);
  }

  private Peer connect(UserId user) {
    Peer line = new Peer();
    Connection connection = new Connection(line, settings, metrics, Clock.systemUTC());
    connection.admitted(
        new Principal(user, new DeviceId("d-" + user), Instant.MAX), Future.succeededFuture());
    connection.syncing();
    connection.live();
    connections.add(connection);
    connections.bind(connection);
    return line;
  }

  private static DeliverChanges batch(Change... changes) {
    List<Delivery> deliveries = new ArrayList<>();
    for (Change change : changes) {
      deliveries.add(new Delivery(change, List.of(ANNA, BEN)));
    }
    return new DeliverChanges(deliveries);
  }

  private static Change change(long number) {
    return change(number, number);
  }

  private static Change change(long number, long seq) {
    return new Change(ROOM, number, seq, ChangeType.MESSAGE_NEW, ANNA, null, 0, payload());
  }

  private static Change left(long number, UserId user) {
    return new Change(ROOM, number, 1, ChangeType.MEMBER_LEFT, user, user, 0, payload());
  }

  private static byte[] payload() {
    return "{}".getBytes(StandardCharsets.UTF_8);
  }

  /** A socket that keeps what is written to it. */
  private static final class Peer implements Transport {
    private final List<String> written = new ArrayList<>();
    private boolean broken;
    private int closedWith;

    @Override
    public Future<Void> write(String text) {
      if (broken) {
        throw new IllegalStateException("the line is broken");
      }
      written.add(text);
      return Future.succeededFuture();
    }

    @Override
    public void close(int code, String reason) {
      closedWith = code;
    }

    @Override
    public void abort() {}

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void start(Consumer<String> onText, Runnable onBinary, Runnable onClosed) {}
  }
}

package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.auth.Principal;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.DeliverSoft;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.testing.HandClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a batch is answered with, for the fan-out commits its offset on the strength of that; and
 * how long a batch for many holds the event loop up.
 */
class DeliveryInboxTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final long LONGEST_TURN_MS = 10;
  private static final long NOW = new HandClock().millis();

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final GatewaySettings settings = GatewaySettings.defaults();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final GatewayMetrics metrics =
      new GatewayMetrics(meters, Clock.systemUTC(), new WaitingBytes());

  private final HandClock clock = new HandClock();
  private final Connections connections = new Connections(4);
  private final FakeInterests interests = new FakeInterests();
  private final LargeConversations larges =
      new LargeConversations(interests, connections, new HomeLoop(context));
  private DeliveryInbox inbox;

  @BeforeEach
  void begin() {
    BusCodecs.install(vertx.eventBus());
    // A log that nobody answers for: whoever lacks something waits for it.
    LogPages pages = new LogPages(new Bus(vertx, 1_000), settings);
    GapRepair repair = new GapRepair(pages, new SyncTurns(16, meters), settings, metrics);
    inbox =
        new DeliveryInbox(
            vertx, connections, larges, repair, metrics, settings.sliceFrames(), clock);
  }

  @AfterEach
  void end() {
    vertx.close().await();
  }

  @Test
  void aBatchIsTakenOnceItIsWrittenToEveryDevice() throws Exception {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);

    Future<DeliveryMessages> taken = take(batch(change(1), change(2)));

    assertThat(got(taken)).isEqualTo(new Taken(2));
    assertThat(anna.written).hasSize(2).isEqualTo(ben.written);
  }

  @Test
  void aSocketThatCannotBeWrittenToIsClosedToComeBackAndCostsNobodyElse() throws Exception {
    Peer broken = connect(ANNA);
    Peer ben = connect(BEN);
    broken.broken = true;

    Future<DeliveryMessages> taken = take(batch(change(1)));

    assertThat(got(taken)).isEqualTo(new Taken(1));
    assertThat(broken.closedWith).isEqualTo(CloseCode.TRY_AGAIN.number());
    assertThat(ben.written).hasSize(1);
  }

  @Test
  void aBatchThatBreaksTheGatewayIsNotTakenAndThoseBehindItAre() throws Exception {
    Peer anna = connect(ANNA);

    Future<DeliveryMessages> broken = take(batch(change(1), null));
    Future<DeliveryMessages> next = take(batch(change(2)));

    assertThat(got(next)).isEqualTo(new Taken(1));
    assertThat(broken.failed()).isTrue();
    assertThat(anna.written).hasSize(2);
  }

  @Test
  void aReceiptThatOvertookItsMessageWaitsForIt() throws Exception {
    Peer anna = connect(ANNA);
    got(take(batch(change(1))));
    got(take(receipt("first", 1)));
    got(take(receipt("second", 2)));
    assertThat(anna.written).hasSize(2).last().isEqualTo("first");
    got(take(batch(change(2))));
    assertThat(anna.written).hasSize(4).last().isEqualTo("second");
  }

  @Test
  void whoIsOutHearsOfNoReceiptThatWasForThoseWhoStayed() throws Exception {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);
    got(take(batch(change(1))));
    got(take(receipt("too early", 2)));
    got(take(batch(left(2, ANNA))));
    got(take(receipt("too late", 1)));
    assertThat(anna.written).hasSize(2).doesNotContain("too early", "too late");
    got(take(new DeliverChanges(List.of(new Delivery(change(3, 2), List.of(BEN))))));
    assertThat(ben.written).contains("too early", "too late");
    assertThat(anna.written).hasSize(2);
  }

  @Test
  void whoComesBackAfterARemovalHearsOfNoReceiptUntilTheyAreInAgain() {
    Peer anna = connect(ANNA);
    Connection connection = connections.of(ANNA).get(0);
    ConversationFeed feed = connection.feed(ROOM);
    feed.endedAt(5);
    feed.stream.startAt(3, false);
    feed.reaches(3);
    inbox.take(receipt("while it syncs", 1));
    connection.write(feed, feed.stream.page(List.of(ServerFrames.change(left(5, ANNA)))));
    inbox.take(receipt("when it is out", 1));
    connection.write(feed, feed.stream.page(List.of(ServerFrames.change(joined(7, ANNA)))));
    inbox.take(receipt("when it is in again", 1));
    assertThat(anna.written).hasSize(3).last().isEqualTo("when it is in again");
  }

  private static DeliverSoft receipt(String text, long seq) {
    return new DeliverSoft(ROOM, List.of(ANNA, BEN), text.getBytes(StandardCharsets.UTF_8), seq);
  }

  @Test
  void aChangeOfALargeConversationGoesToAllWhoAreInItAndALeaverSeesNothingLater() throws Exception {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);

    got(take(large(change(1), ANNA, BEN)));
    assertThat(interests.wanted).containsExactly(ROOM);
    got(take(large(change(2))));
    got(take(large(left(3, BEN))));
    assertThat(larges.users(ROOM)).containsExactly(ANNA);
    got(take(large(change(4))));

    assertThat(anna.written).hasSize(4);
    assertThat(ben.written).hasSize(3);
  }

  @Test
  void whoeverComesInIsNotGivenWhatWasBeforeAndNobodyIsNamedWhoIsNotHere() throws Exception {
    Peer anna = connect(ANNA);
    got(take(large(change(1), ANNA)));

    Peer ben = connect(BEN);
    got(take(large(change(2))));
    got(take(large(join(3, BEN), BEN, new UserId("carl"))));

    assertThat(anna.written).hasSize(3);
    assertThat(ben.written).isEmpty(); // its stream asks the log for what was before
    assertThat(larges.users(ROOM)).containsExactlyInAnyOrder(ANNA, BEN);
  }

  @Test
  void whoWasNotThereForWhatAChangeSaysIsToldByTheLogAloneWhatTheyMayKnowOfIt() throws Exception {
    Peer anna = connect(ANNA);
    Peer ben = connect(BEN);
    ConversationFeed feed = connections.of(BEN).get(0).feed(ROOM);
    feed.stream.startAt(2, false);
    got(take(large(change(1), ANNA)));
    got(take(large(join(2, BEN), BEN)));

    got(take(new DeliverChanges(List.of(new Delivery(change(3).largeSince(1), List.of(), 1)))));
    got(take(large(change(4))));

    assertThat(anna.written).hasSize(4);
    assertThat(ben.written).isEmpty(); // the answer to what it asks would come first
    assertThat(feed.stream.wantsFill()).isTrue();
    assertThat(feed.stream.fillFrom()).isEqualTo(2);
  }

  @Test
  void aBatchThatMadeThisGatewayInterestedIsTakenOnlyWhenAllKnowThat() throws Exception {
    connect(ANNA);
    Promise<Void> known = Promise.promise();
    interests.gate = known.future();

    Future<DeliveryMessages> taken = take(large(change(1), ANNA));
    Future<DeliveryMessages> next = take(batch(change(1)));
    got(next);
    assertThat(taken.isComplete()).isFalse();

    known.complete();
    got(taken);
  }

  @Test
  void anInterestThatCannotBeSaidIsNoFaultOfTheBatch() {
    connect(ANNA);
    interests.gate = Future.failedFuture("the cluster is splitting");

    Future<DeliveryMessages> taken = take(large(change(1), ANNA));

    assertThatThrownBy(() -> got(taken)).hasCauseInstanceOf(FailureException.class);
    assertThat(((FailureException) taken.cause()).failure()).isEqualTo(Failure.UNAVAILABLE);
  }

  @Test
  void whenItIsSmallAgainOrNobodyIsLeftTheInterestEnds() throws Exception {
    connect(ANNA);
    got(take(large(change(5), ANNA)));

    got(take(batch(change(4))));
    assertThat(interests.wanted).containsExactly(ROOM); // late, and says nothing of now
    got(take(batch(change(6))));
    assertThat(interests.wanted).isEmpty();

    got(take(large(change(7), ANNA)));
    assertThat(interests.wanted).containsExactly(ROOM);
    on(() -> larges.gone(ANNA));
    assertThat(interests.wanted).isEmpty();
  }

  @Test
  void aChangeForThousandsNeverHoldsTheLoopForLong() throws Exception {
    List<UserId> users = crowd(2_000, 100);
    connect(ANNA);
    got(take(batch(change(1))));
    got(take(large(change(1), ANNA))); // so that loading its classes is not what is measured
    AtomicLong longest = new AtomicLong();
    on(() -> watch(longest));

    got(take(large(change(1), users.toArray(UserId[]::new))));

    // Of this thread's own work: what the machine does meanwhile is not the inbox's.
    assertThat(TimeUnit.NANOSECONDS.toMillis(longest.get())).isLessThan(LONGEST_TURN_MS);
  }

  /** Notes how much the loop's thread has worked between two moments in which others had a turn. */
  @Test
  void aMessageForFewDoesNotWaitForOneToThousandsThatIsUnderWay() throws Exception {
    List<UserId> users = crowd(2_000, 20);
    Peer anna = connect(ANNA);
    Change few =
        new Change(
            new ConversationId("dm"), 1, 1, ChangeType.MESSAGE_NEW, BEN, null, NOW, payload());
    AtomicLong written = new AtomicLong();

    Future<DeliveryMessages> toThousands = take(large(change(1), users.toArray(UserId[]::new)));
    on(
        () -> {
          inbox.take(new DeliverChanges(List.of(new Delivery(few, List.of(ANNA)))));
          written.set(anna.written.size());
        });

    assertThat(toThousands.isComplete()).as("the large one, meanwhile").isFalse();
    assertThat(written).as("in the same turn").hasValue(1);
    got(toThousands);
  }

  @Test
  void whatHasWaitedBeforeItCameIsNotGivenOutAtLeisure() throws Exception {
    List<UserId> users = crowd(1_000, 100);
    got(take(large(change(1), users.toArray(UserId[]::new))));
    long atLeisure = turns();

    clock.pass(701);
    got(take(large(change(2))));

    assertThat(turns() - atLeisure).as("turns").isLessThan(atLeisure / 2);
  }

  @Test
  void whatASmallOneOvertookOfItsTimeAsALargeOneIsAskedOfTheLog() throws Exception {
    connect(ANNA);
    Peer ben = connect(BEN);
    got(take(large(change(1), ANNA, BEN)));
    ConversationFeed feed = connections.of(BEN).get(0).feed(ROOM);

    // The large change 2, which takes Ben out, is still on its way.
    got(take(new DeliverChanges(List.of(new Delivery(change(3), List.of(ANNA))))));

    assertThat(ben.written).hasSize(1);
    assertThat(feed.stream.wantsFill()).isTrue();
    assertThat(feed.stream.fillFrom()).isEqualTo(1);
  }

  @Test
  void whatASmallOneOvertookIsAskedOfTheLogThoughASyncSawItAlready() throws Exception {
    connect(ANNA);
    connect(BEN);
    got(take(large(change(1), ANNA, BEN)));
    ConversationFeed feed = connections.of(BEN).get(0).feed(ROOM);

    on(() -> larges.seen(ROOM, 2)); // which takes Ben out and is still on its way
    got(take(new DeliverChanges(List.of(new Delivery(change(3), List.of(ANNA))))));

    assertThat(feed.stream.wantsFill()).isTrue();
    assertThat(feed.stream.fillFrom()).isEqualTo(1);
  }

  @Test
  void whatASmallOneOvertookWhileItWasUnderWayIsAskedOfTheLog() throws Exception {
    List<UserId> users = crowd(1_000, 20);
    got(take(large(change(1), users.toArray(UserId[]::new))));
    UserId leaver = larges.users(ROOM).get(users.size() - 1);
    ConversationFeed feed = connections.of(leaver).get(0).feed(ROOM);

    Future<DeliveryMessages> underWay = take(large(left(2, leaver)));
    on(
        () ->
            inbox.take(
                new DeliverChanges(List.of(new Delivery(change(3), List.of(users.get(0)))))));
    got(underWay);

    assertThat(feed.stream.isOut() || feed.stream.wantsFill()).isTrue();
  }

  @Test
  void aLateSmallOneTakesNobodyOutOfWhatIsJustBecomingLarge() throws Exception {
    List<UserId> users = crowd(1_000, 0);

    // Everybody is named by it: that takes more than one turn.
    Future<DeliveryMessages> underWay = take(large(change(3), users.toArray(UserId[]::new)));
    on(
        () ->
            inbox.take(
                new DeliverChanges(List.of(new Delivery(change(2), List.of(users.get(0)))))));
    got(underWay);

    assertThat(larges.users(ROOM)).hasSize(1_000);
    assertThat(interests.wanted).contains(ROOM);
  }

  @Test
  void aLeaveThatIsGivenOutAfterASyncKnewOfTheReturnEndsNothing() throws Exception {
    connect(ANNA);
    got(take(large(change(1), ANNA)));
    connect(BEN);
    on(() -> larges.enter(ROOM, BEN, 2, 4));

    got(take(large(left(3, BEN))));
    got(take(large(joined(4, BEN)))); // which names nobody here: he came after it was addressed
    assertThat(larges.users(ROOM)).contains(BEN);

    got(take(large(left(5, BEN))));
    assertThat(larges.users(ROOM)).containsExactly(ANNA);
  }

  @Test
  void aSmallLeaveThatALargeOneOvertookStillTakesOut() throws Exception {
    connect(ANNA);
    connect(BEN);
    got(take(large(change(1), ANNA, BEN)));
    got(take(large(change(5), ANNA)));

    got(take(new DeliverChanges(List.of(new Delivery(left(3, BEN), List.of(ANNA, BEN))))));

    assertThat(larges.users(ROOM)).containsExactly(ANNA);
  }

  private long turns() {
    return meters.get("parley.gateway.turn").timer().count();
  }

  private void watch(AtomicLong longest) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    AtomicLong before = new AtomicLong(threads.getCurrentThreadCpuTime());
    vertx.setPeriodic(
        1,
        tick -> {
          long now = threads.getCurrentThreadCpuTime();
          longest.accumulateAndGet(now - before.getAndSet(now), Math::max);
        });
  }

  private Future<DeliveryMessages> take(DeliveryMessages message) {
    Promise<DeliveryMessages> taken = Promise.promise();
    context.runOnContext(run -> inbox.take(message).onComplete(taken));
    return taken.future();
  }

  private void on(Runnable step) throws Exception {
    Promise<Void> done = Promise.promise();
    context.runOnContext(
        run -> {
          step.run();
          done.complete();
        });
    got(done.future());
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** So many users, each with a socket that takes so long to be written to. */
  private List<UserId> crowd(int count, long costsMicros) {
    List<UserId> users = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UserId user = new UserId("u" + i);
      users.add(user);
      connect(user).costsMicros = costsMicros;
    }
    return users;
  }

  private Peer connect(UserId user) {
    Peer line = new Peer();
    Connection connection =
        new Connection(line, new Caller("127.0.0.1", true), settings, metrics, Clock.systemUTC());
    connection.admitted(
        new Principal(user, new DeviceId("d-" + user), "f", Instant.MAX), Future.succeededFuture());
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

  private static DeliverChanges large(Change change, UserId... named) {
    return new DeliverChanges(List.of(new Delivery(change.largeSince(1), List.of(named))));
  }

  private static Change change(long number) {
    return change(number, number);
  }

  private static Change change(long number, long seq) {
    return new Change(ROOM, number, seq, ChangeType.MESSAGE_NEW, ANNA, null, NOW, payload());
  }

  private static Change join(long number, UserId who) {
    return new Change(ROOM, number, number, ChangeType.MEMBER_JOINED, ANNA, who, NOW, payload());
  }

  private static Change left(long number, UserId user) {
    return new Change(ROOM, number, 1, ChangeType.MEMBER_LEFT, user, user, NOW, payload());
  }

  private static Change joined(long number, UserId user) {
    return new Change(ROOM, number, 1, ChangeType.MEMBER_JOINED, user, user, NOW, payload());
  }

  private static byte[] payload() {
    return "{}".getBytes(StandardCharsets.UTF_8);
  }

  /** A socket that keeps what is written to it. */
  private static final class Peer implements Transport {
    private final List<String> written = new ArrayList<>();
    private boolean broken;
    private long costsMicros;
    private int closedWith;

    @Override
    public Future<Void> write(String text) {
      if (broken) {
        throw new IllegalStateException("the line is broken");
      }
      written.add(text);
      long until = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(costsMicros);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
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

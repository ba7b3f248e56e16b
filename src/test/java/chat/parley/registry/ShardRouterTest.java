package chat.parley.registry;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.Command;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.IngestMessages.Heads;
import chat.parley.bus.IngestMessages.HeadsQuery;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.bus.IngestMessages.MessageAmended;
import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Shard;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShardRouterTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final ConversationId OTHER = new ConversationId("other");

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx, 20_000);
  private ShardRouter router;
  private Failure outcome;

  @BeforeEach
  void begin() {
    assertThat(Shard.of(ROOM)).isNotEqualTo(Shard.of(OTHER));
    BusCodecs.install(vertx.eventBus());
    router =
        new ShardRouter(
            vertx, bus, new TwoOwners(), 20_000, Clock.systemUTC(), new SimpleMeterRegistry());
    Await.join(bus.answer(Addresses.ingest("quick"), ShardRouterTest::answer));
  }

  @AfterEach
  void end() {
    Await.join(vertx.close());
  }

  @Test
  void whoIsSilentHoldsUpNobodyWhoIsNotInterested() {
    Await.join(bus.answer(Addresses.ingest("silent"), asked -> Promise.<Heads>promise().future()));

    long begun = System.nanoTime();
    Map<ConversationId, Head> found = headsWithin(2_000);

    assertThat(found).containsOnlyKeys(ROOM);
    assertThat(System.nanoTime() - begun).isLessThan(15_000_000_000L);
  }

  @Test
  void whoRefusesHoldsUpNobodyEither() {
    assertThat(headsWithin(2_000)).as("nobody is there").containsOnlyKeys(ROOM);
  }

  @Test
  void ofManyThoseAreKnownThatAreAnsweredInTime() {
    List<ConversationId> many =
        IntStream.range(0, 1_000)
            .mapToObj(i -> new ConversationId("c" + i))
            .filter(id -> Shard.of(id) != Shard.of(ROOM))
            .limit(60)
            .toList();
    AtomicInteger questions = new AtomicInteger();
    Await.join(
        bus.answer(
            Addresses.ingest("silent"),
            asked ->
                questions.incrementAndGet() == 1
                    ? answer(asked)
                    : Promise.<Heads>promise().future()));

    assertThat(headsWithin(many, 2_000)).hasSizeBetween(1, 50);
  }

  @Test
  void whereAllAnswerNobodyWaits() {
    Await.join(bus.answer(Addresses.ingest("silent"), ShardRouterTest::answer));

    long begun = System.nanoTime();
    assertThat(headsWithin(60_000)).containsOnlyKeys(ROOM, OTHER);
    assertThat(System.nanoTime() - begun).isLessThan(15_000_000_000L);
  }

  /** In between somebody may have undone what it did, and was told so. */
  @Test
  void whatMayHaveBeenDoneIsDoneAgainOnlyWhereThatDoesNoHarm() {
    UserId ada = new UserId("ada");
    Command kick =
        new ChangeMember(
            OTHER, ada, new Profile(new UserId("bob"), "bob", "Bob"), MemberAction.LEAVE, null);
    Command send =
        new SendMessage(OTHER, ada, new DeviceId("d"), new ClientMsgId("m"), new byte[] {1}, null);
    assertThat(timesAsked(send, Failure.UNANSWERED)).isEqualTo(2);
    assertThat(timesAsked(kick, Failure.UNANSWERED)).isEqualTo(1);
    assertThat(timesAsked(kick, Failure.NOT_OWNER)).isEqualTo(2);
  }

  /** The second attempt finds what the first has done, and perhaps what others made of it. */
  @Test
  void aRefusalOfTheSecondAttemptSaysNothingOfTheFirst() {
    Command delete = new DeleteMessage(OTHER, new UserId("ada"), 1);
    assertThat(timesAsked(delete, Failure.UNANSWERED)).isEqualTo(2);
    assertThat(outcome).isEqualTo(Failure.UNANSWERED);
    assertThat(timesAsked(delete, Failure.NOT_OWNER)).isEqualTo(2);
    assertThat(outcome).isEqualTo(Failure.CONFLICT);
  }

  /** Clients take it that nothing was done. By its rules it refuses only what it has not stored. */
  @Test
  void whoHasTooMuchToDoDoesNotKnowWhatTheFirstAttemptHasDone() {
    UserId ada = new UserId("ada");
    Command send =
        new SendMessage(OTHER, ada, new DeviceId("d"), new ClientMsgId("m"), new byte[] {1}, null);
    Command delete = new DeleteMessage(OTHER, ada, 1);
    for (Command command : List.of(send, delete)) {
      assertThat(timesAsked(command, Failure.UNANSWERED, Failure.OVERLOADED)).isEqualTo(2);
      assertThat(outcome).isEqualTo(Failure.UNANSWERED);
      assertThat(timesAsked(command, Failure.NOT_OWNER, Failure.OVERLOADED)).isEqualTo(2);
      assertThat(outcome).as("the first has done nothing").isEqualTo(Failure.OVERLOADED);
    }
    for (Failure byItsRules : List.of(Failure.NOT_A_MEMBER, Failure.RATE_LIMITED)) {
      assertThat(timesAsked(send, Failure.UNANSWERED, byItsRules)).isEqualTo(2);
      assertThat(outcome).isEqualTo(byItsRules);
    }
  }

  @Test
  void whoIsSilentIsNotAskedTwiceForWhatMayHaveBeenDone() {
    AtomicInteger asked = new AtomicInteger();
    Await.join(
        bus.answer(
            Addresses.ingest("silent"),
            command -> {
              asked.incrementAndGet();
              return Promise.<Heads>promise().future();
            }));
    ShardRouter soon =
        new ShardRouter(
            vertx,
            new Bus(vertx, 300),
            new TwoOwners(),
            20_000,
            Clock.systemUTC(),
            new SimpleMeterRegistry());

    Throwable cause =
        Await.join(
            soon.command(
                    new SetReaction(OTHER, new UserId("ada"), 1, "👍", true), MessageAmended.class)
                .transform(done -> Future.succeededFuture(done.cause())));

    assertThat(FailureException.isAnyOf(cause, Failure.UNANSWERED)).isTrue();
    assertThat(asked).hasValue(1);
  }

  /** How often an owner hears of it that answers the first time with this failure. */
  private int timesAsked(Command command, Failure first) {
    return timesAsked(command, first, Failure.CONFLICT);
  }

  /** The same for one that answers with the other failure from then on. */
  private int timesAsked(Command command, Failure first, Failure then) {
    AtomicInteger asked = new AtomicInteger();
    MessageConsumer<IngestMessages> owner =
        Await.join(
            bus.answer(
                Addresses.ingest("silent"),
                heard ->
                    Future.failedFuture(
                        new FailureException(asked.incrementAndGet() == 1 ? first : then, "no"))));
    Throwable cause =
        Await.join(
            router
                .command(command, IngestMessages.class)
                .transform(done -> Future.succeededFuture(done.cause())));
    outcome = ((FailureException) cause).failure();
    Await.join(owner.unregister());
    return asked.get();
  }

  /** As a verticle asks, which must hear the answer on its own loop. */
  private Map<ConversationId, Head> headsWithin(long ms) {
    return headsWithin(List.of(ROOM, OTHER), ms);
  }

  private Map<ConversationId, Head> headsWithin(List<ConversationId> conversations, long ms) {
    Context context = vertx.getOrCreateContext();
    Promise<Map<ConversationId, Head>> heard = Promise.promise();
    context.runOnContext(
        run ->
            router
                .headsWithin(conversations, ms)
                .onComplete(
                    found -> {
                      if (Vertx.currentContext() == context) {
                        heard.handle(found);
                      } else {
                        heard.fail("heard on " + Thread.currentThread());
                      }
                    }));
    return Await.join(heard.future());
  }

  private static Future<Heads> answer(IngestMessages asked) {
    return Future.succeededFuture(
        new Heads(
            ((HeadsQuery) asked)
                .conversationIds().stream().map(id -> new Head(id, 9, 7, false)).toList()));
  }

  private static final class TwoOwners implements ShardDirectory {
    @Override
    public Optional<String> ownerOf(int shard) {
      return Optional.of(shard == Shard.of(ROOM) ? "quick" : "silent");
    }

    @Override
    public void announce(int shard, long epoch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void withdraw(int shard, long epoch) {
      throw new UnsupportedOperationException();
    }
  }
}

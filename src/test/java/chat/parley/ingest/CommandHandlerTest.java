package chat.parley.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.CreateConversation;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.Profile;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Stint;
import chat.parley.limit.LimitMeters;
import chat.parley.limit.RateSettings;
import chat.parley.log.LogInMemory;
import chat.parley.log.OwnedLog;
import chat.parley.model.AckMode;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.MembersInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an owner does with commands, over a log and members in memory. */
class CommandHandlerTest {
  private static final ConversationId PAIR = new ConversationId("pair");
  private static final UserId ADA = new UserId("ada");
  private static final UserId BOB = new UserId("bob");
  private static final UserId EVE = new UserId("eve");

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Store store = new Store();
  private CommandHandler handler;

  @BeforeEach
  void own() {
    handler =
        Await.join(on(() -> Future.succeededFuture(handlerOver(LogInMemory.owning(vertx, PAIR)))));
  }

  private CommandHandler handlerOver(OwnedLog log) {
    return new CommandHandler(
        log,
        store,
        null, // no channel is made
        LimitSettings.defaults(),
        MessageSettings.defaults(),
        SizeSettings.defaults(),
        null, // no message is altered
        new Pace.Rules(
            RateSettings.defaults(),
            new LimitMeters(new SimpleMeterRegistry()),
            Clock.systemUTC(),
            System::nanoTime),
        Clock.systemUTC());
  }

  @AfterEach
  void close() {
    Await.join(vertx.close());
  }

  /** The name of a dm can be guessed, and it is there before its members are. */
  @Test
  void aStrangerWhoWritesIntoADmThatIsBeingMadeKeepsNobodyOutOfIt() {
    Future<IngestMessages> made = ask(pair());
    assertThat(Await.failure(ask(message(EVE, "m1")))).isEqualTo(Failure.NOT_FOUND);
    assertThat(made.isComplete()).isFalse();

    Await.join(on(store::writePair));

    Await.join(made);
    assertThat(Await.join(ask(message(ADA, "m2"))))
        .isInstanceOfSatisfying(
            MessageAccepted.class, accepted -> assertThat(accepted.changeSeq()).isEqualTo(1));
    assertThat(Await.join(ask(message(BOB, "m3")))).isInstanceOf(MessageAccepted.class);
    assertThat(Await.failure(ask(message(EVE, "m4")))).isEqualTo(Failure.NOT_FOUND);
  }

  private static CreateConversation pair() {
    return new CreateConversation(
        PAIR,
        ConversationType.DM,
        ADA,
        null,
        AckMode.PERSISTED,
        List.of(new Profile(ADA, "ada", "Ada"), new Profile(BOB, "bob", "Bob")),
        ConversationPatch.NOTHING);
  }

  private static SendMessage message(UserId sender, String clientMsgId) {
    return new SendMessage(
        PAIR, sender, new DeviceId("d"), new ClientMsgId(clientMsgId), new byte[] {'{', '}'}, null);
  }

  private Future<IngestMessages> ask(IngestMessages command) {
    return on(() -> handler.handle(command));
  }

  private <T> Future<T> on(Supplier<Future<T>> step) {
    Promise<T> done = Promise.promise();
    context.runOnContext(run -> step.get().onComplete(done));
    return done.future();
  }

  /** One conversation, whose pair is on its way until it is said to be written. */
  private static final class Store extends MembersInMemory {
    private final Promise<Void> pairWrite = Promise.promise();
    private Conversation made;

    Future<Void> writePair() {
      pairWrite.complete();
      return pairWrite.future();
    }

    @Override
    public Future<Boolean> create(Conversation conversation) {
      made = conversation;
      return Future.succeededFuture(true);
    }

    @Override
    public Future<Optional<Conversation>> find(ConversationId conversation) {
      return Future.succeededFuture(Optional.ofNullable(made));
    }

    @Override
    public Future<Void> recordPair(ConversationId conversation, List<UserId> pair) {
      return pairWrite
          .future()
          .onSuccess(
              written ->
                  pair.forEach(
                      user ->
                          join(conversation, new Stint(user, Role.MEMBER, 0, Stint.STILL_THERE))));
    }
  }
}

package chat.parley.torture.load;

import static chat.parley.client.FakeParley.CONVERSATION;
import static chat.parley.client.FakeParley.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import chat.parley.client.Credentials;
import chat.parley.client.FakeParley;
import chat.parley.client.Frame;
import chat.parley.client.Session;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a device of the kit writes down of itself. */
class DeviceTest {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context loop = vertx.getOrCreateContext();
  private final FakeParley server = new FakeParley(vertx);

  @TempDir private Path folder;

  private Path file;
  private History history;
  private Gates gates;
  private Device device;
  private Room room;

  @BeforeEach
  void start() throws Exception {
    URI uri = get(server.start());
    gates = Gates.open(vertx, List.of(uri), new Random(1));
    get(gates.at(0).api().createAccount("ada", "password", "ada"));
    Session session = get(gates.at(0).api().createSession("ada", "password", "test", null));
    Credentials credentials = new Credentials(gates.at(0).api(), session);
    Person ada = new Person("ada", "password", session.userId(), List.of(credentials));
    room = new Room(CONVERSATION, List.of(ada));
    file = folder.resolve("history.jsonl");
    history = History.begin(file);
    device = new Device(history, ada, 0, credentials, Map.of(CONVERSATION, room));
  }

  @AfterEach
  void stop() throws Exception {
    get(gates.close());
    get(vertx.close());
    history.close();
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private <T> T onLoop(Supplier<Future<T>> work) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(here -> work.get().onComplete(done));
    return get(done.future());
  }

  private List<Event> written() {
    history.flush();
    List<Event> events = new ArrayList<>();
    History.read(file, events::add);
    return events;
  }

  private void repeat() throws Exception {
    Outgoing message = new Outgoing(room, "id", "text", "hash");
    onLoop(() -> device.duplicate(message, gates.at(0)));
  }

  @Test
  void aRepeatThatIsRefusedForGoodIsWrittenDownWithItsCode() throws Exception {
    repeat(); // she is no member

    assertThat(written())
        .extracting(Event::op, Event::phase, Event::clientMsgId, Event::note)
        .containsExactly(
            tuple(Op.RESEND, Phase.INFO, "id", null),
            tuple(Op.RESEND, Phase.FAIL, "id", "not_a_member"));
  }

  @Test
  void aRepeatThatMayBeTriedAgainIsNotRefused() throws Exception {
    server.problems.add(problem(503, "overloaded", true));
    server.problems.add(problem(401, "unauthenticated", false));
    server.problems.add(problem(401, "unauthenticated", false));
    repeat();
    repeat(); // also with a new token

    assertThat(written()).extracting(Event::phase).containsOnly(Phase.INFO).hasSize(2);
    assertThat(server.problems).isEmpty();
  }

  @Test
  void aDeviceThatIsTurnedOffSaysSo() throws Exception {
    onLoop(
        () -> {
          device.turnOn(gates.at(0));
          return device.socket().orElseThrow().ready();
        });
    onLoop(device::turnOff);
    onLoop(device::turnOff);

    assertThat(written())
        .filteredOn(event -> event.op() == Op.CONNECTION)
        .extracting(Event::phase, Event::note)
        .containsExactly(tuple(Phase.INFO, null), tuple(Phase.INFO, "off"));
  }

  @Test
  void aDeviceThatWasSentAwayCanBeTurnedOffAllTheSame() throws Exception {
    onLoop(
        () -> {
          device.turnOn(gates.at(0));
          return device.socket().orElseThrow().ready();
        });
    server.closeAll(4200);
    await().until(() -> written().stream().anyMatch(event -> "4200".equals(event.note())));
    onLoop(device::turnOff);

    assertThat(written()).extracting(Event::note).containsExactly(null, "4200", "off");
  }

  @Test
  void bothCursorsAreWrittenDown() throws Exception {
    JsonObject receipt =
        new JsonObject().put("conversationId", CONVERSATION).put("userId", "bob").put("seq", 7);
    device.frame(new Frame("receipt.read", null, receipt, null));
    device.frame(new Frame("receipt.delivered", null, receipt.copy().put("seq", 9), null));
    device.frame(new Frame("inbox.updated", null, receipt, null));
    server.receipts =
        new JsonObject()
            .put(
                "items",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("userId", "bob")
                            .put("readSeq", 8)
                            .put("deliveredSeq", 10)));
    loop.runOnContext(here -> device.look(room, gates.at(0)));
    await().until(() -> written().size() == 5);

    assertThat(written())
        .allMatch(event -> event.op() == Op.CURSOR && event.conversation().equals(CONVERSATION))
        .extracting(Event::phase, Event::subject, Event::seq, Event::note, Event::source)
        .containsExactly(
            tuple(Phase.OK, "bob", 7L, null, null),
            tuple(Phase.OK, "bob", 9L, "delivered", null),
            tuple(Phase.INVOKE, null, 0L, null, null),
            tuple(Phase.OK, "bob", 8L, null, "answer"),
            tuple(Phase.OK, "bob", 10L, "delivered", "answer"));
  }
}

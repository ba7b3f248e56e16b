package chat.parley.torture.finalread;

import static chat.parley.client.FakeParley.CONVERSATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.client.ClientGroup;
import chat.parley.client.FakeParley;
import chat.parley.client.Profile;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What fresh devices write down at the end. */
class FreshDevicesTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeParley server = new FakeParley(vertx);

  @TempDir private Path folder;

  @AfterEach
  void stop() throws Exception {
    get(vertx.close());
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void anAnswerSaysBothCursorsOfEachMember() throws Exception {
    URI uri = get(server.start());
    ClientGroup group = ClientGroup.open(vertx, uri);
    Profile ada = get(group.api().createAccount("ada", "password", "ada"));
    server.makeMembers(ada.userId());
    server.receipts =
        new JsonObject()
            .put(
                "items",
                new JsonArray()
                    .add(
                        new JsonObject()
                            .put("userId", "bob")
                            .put("readSeq", 3)
                            .put("deliveredSeq", 5)));
    Path file = folder.resolve("history.jsonl");
    try (History history = History.begin(file)) {
      FreshDevices devices = new FreshDevices(vertx, history, List.of(uri), Duration.ofSeconds(5));
      Reader reader = new Reader("ada", "password", ada.userId(), Set.of(CONVERSATION));
      assertThat(get(devices.read(List.of(reader)))).isZero();
      assertThat(get(devices.cursors())).isEqualTo(1);
      get(devices.close());
    }
    get(group.close());

    List<Event> events = new ArrayList<>();
    History.read(file, events::add);
    assertThat(events)
        .filteredOn(event -> event.op() == Op.CURSOR)
        .extracting(Event::phase, Event::subject, Event::seq, Event::note, Event::source)
        .containsExactly(
            tuple(Phase.INVOKE, null, 0L, null, null),
            tuple(Phase.OK, "bob", 3L, null, "answer"),
            tuple(Phase.OK, "bob", 5L, "delivered", "answer"));
  }
}

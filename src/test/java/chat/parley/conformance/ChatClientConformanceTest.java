package chat.parley.conformance;

import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Credentials;
import chat.parley.client.QuickSettings;
import chat.parley.client.RecordingObserver;
import chat.parley.client.Session;
import chat.parley.testing.Await;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The Java client keeps the promises that every client of the protocol makes. */
class ChatClientConformanceTest {

  @TestFactory
  Stream<DynamicTest> scenarios() {
    return Scenario.all().stream()
        .map(scenario -> DynamicTest.dynamicTest(scenario.name(), () -> play(scenario)));
  }

  private static void play(Scenario scenario) {
    Vertx vertx = Vertx.vertx();
    try (ScenarioServer server = ScenarioServer.start()) {
      ClientGroup group =
          ClientGroup.open(
              vertx, server.uri(), QuickSettings.get(), new Random(1), System::nanoTime);
      scenario.play(server, new JavaDevice(group));
      Await.join(group.close());
    } finally {
      Await.join(vertx.close());
    }
  }

  private static final class JavaDevice implements Device {
    private final ClientGroup group;
    private final RecordingObserver seen = new RecordingObserver();
    private ChatClient client;

    JavaDevice(ClientGroup group) {
      this.group = group;
    }

    @Override
    public void connect() {
      Session session = new Session("u1", "d1", "a1", "2999-01-01T00:00:00.000Z", "r1");
      client = group.connect(new Credentials(group.api(), session), seen);
      Await.join(client.ready());
    }

    @Override
    public void send(String text) {
      client.send(ScenarioServer.CONVERSATION, text);
    }

    @Override
    public List<Long> shown() {
      return seen.deliveredNumbers();
    }

    @Override
    public int acked() {
      return seen.acked.size();
    }

    @Override
    public boolean ended() {
      return client.closed().isComplete();
    }
  }
}

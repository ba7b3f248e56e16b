package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import io.vertx.core.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Somebody hangs up while the owner of the conversation is sought. */
class GoneCallerTest {
  private static final String OTHER = "other";

  @TempDir private Path folder;
  private EdgeServer edge;
  private String token;

  @BeforeEach
  void open() {
    edge = new EdgeServer(folder);
    token = edge.signedIn("anna");
    edge.signedIn("bob");
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DELETE /v1/conversations/hall/members/u-bob | ``",
        "PUT /v1/conversations/hall/members/u-bob | ``",
        "PATCH /v1/conversations/hall | {\"title\":\"new\"}",
        "DELETE /v1/messages/hall.7 | ``",
        "PATCH /v1/messages/hall.7 | {\"body\":{\"text\":\"new\"}}",
      })
  void nothingIsChangedForSomebodyWhoHasGivenUp(String call, String json) throws Exception {
    Attempts attempts = new Attempts();
    edge.hangUpDuring(call + " HTTP/1.1", token, json, () -> attempts.of("hall") == 1);
    Awaitility.await("the server to see that nobody is there").until(() -> edge.lines.get() == 0);

    attempts.refuse();
    sameForSomebodyWhoWaits(attempts);

    assertThat(attempts.of("hall")).isEqualTo(1);
  }

  /** Until the owner was sought again twice: for the other it would have been by then. */
  private void sameForSomebodyWhoWaits(Attempts attempts) throws IOException {
    edge.hangUpDuring(
        "DELETE /v1/conversations/" + OTHER + "/members/u-bob HTTP/1.1",
        token,
        () -> {
          attempts.refuse();
          return attempts.of(OTHER) > 2;
        });
  }

  /** What reaches the owner, who answers when told to. */
  private final class Attempts {
    private final Queue<Promise<IngestMessages>> waiting = new ConcurrentLinkedQueue<>();
    private final List<String> seen = new CopyOnWriteArrayList<>();

    Attempts() {
      edge.ingest =
          asked -> {
            Promise<IngestMessages> answer = Promise.promise();
            waiting.add(answer);
            seen.add(((IngestMessages.Command) asked).conversationId().value());
            return answer.future();
          };
    }

    int of(String conversationId) {
      return Collections.frequency(seen, conversationId);
    }

    /** The shard has just moved away. */
    void refuse() {
      for (var answer = waiting.poll(); answer != null; answer = waiting.poll()) {
        answer.fail(new FailureException(Failure.NOT_OWNER, "it has moved"));
      }
    }
  }
}

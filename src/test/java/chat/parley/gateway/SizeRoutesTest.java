package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.IngestMessages.Heads;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizeRoutesTest {
  private static final String PATH = "/v1/admin/conversations/";
  private static final ConversationId HALL = new ConversationId("hall");

  @TempDir private Path folder;
  private EdgeServer edge;

  @BeforeEach
  void open() {
    edge = new EdgeServer(folder);
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void adminsSeeWhichWayAConversationGoes() {
    edge.ingest = asked -> heads(new Head(HALL, 900, 412, true));

    HttpResponse<Buffer> answer = edge.get(PATH + "hall", edge.signedIn("root"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.bodyAsJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("conversationId", "hall")
                .put("mode", "large")
                .put("headChangeSeq", 900)
                .put("headSeq", 412));
  }

  @Test
  void nobodyElseDoesAndWhatIsNotThereIsNotFound() {
    edge.ingest = asked -> heads(new Head(HALL, 0, 0, false));

    assertThat(edge.get(PATH + "hall", null).statusCode()).isEqualTo(401);
    assertThat(edge.get(PATH + "hall", edge.signedIn("anna")).statusCode()).isEqualTo(403);
    assertThat(edge.get(PATH + "hall", edge.signedIn("root")).statusCode()).isEqualTo(404);
  }

  private static Future<Heads> heads(Head head) {
    return Future.succeededFuture(new Heads(List.of(head)));
  }
}

package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.event.ChangeType;
import chat.parley.testing.ApiDocument;
import chat.parley.testing.Documented;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API documents say all that the server takes and says, and nothing else. Whether they say it
 * rightly is asked wherever a test hears a server ({@link Documented}).
 */
class ApiDocumentsTest {
  /** Beside the API: the pages of a node, and where a socket is opened. */
  private static final List<String> PAGES =
      List.of("GET /healthz", "GET /readyz", "GET /metrics", "GET /v1/ws");

  /** The server takes {@code me} for any user's id; the document names what is answered then. */
  private static final String OWN = "GET /v1/users/me";

  @Test
  void everyCallIsDocumentedAndEveryDocumentedCallIsThere(@TempDir Path folder) {
    try (EdgeServer edge = new EdgeServer(folder)) {
      assertThat(Documented.REST.calls())
          .containsExactlyInAnyOrderElementsOf(
              Stream.of(edge.operations(), PAGES, List.of(OWN)).flatMap(List::stream).toList());
    }
  }

  @Test
  void everyFrameIsDocumentedAndEveryDocumentedFrameIsThere() {
    assertThat(Documented.SOCKET.fromClients())
        .containsExactlyInAnyOrderElementsOf(FrameCodec.TYPES);
    Set<String> said = new HashSet<>(ServerFrames.TYPES);
    Arrays.stream(ChangeType.values()).map(ChangeType::wireName).forEach(said::add);
    assertThat(Documented.SOCKET.fromServer()).containsExactlyInAnyOrderElementsOf(said);
  }

  @Test
  void everyWordOfAProblemIsDocumented() {
    Set<String> codes = new TreeSet<>();
    Arrays.stream(Failure.values()).map(Failure::code).forEach(codes::add);
    assertThat(ApiDocument.OPENAPI.words("ProblemCode")).containsExactlyInAnyOrderElementsOf(codes);
  }

  @Test
  void everyCloseCodeIsDocumented() {
    JsonArray codes =
        ApiDocument.ASYNCAPI
            .json()
            .getJsonObject("channels")
            .getJsonObject("socket")
            .getJsonArray("x-close-codes");
    assertThat(codes.stream().map(code -> (JsonObject) code))
        .extracting(code -> code.getInteger("code") + " " + code.getString("name"))
        .containsExactlyElementsOf(
            Arrays.stream(CloseCode.values())
                .map(code -> code.number() + " " + code.text())
                .toList());
  }

  @Test
  void everyChangeOfTheLogIsOneOfTheDocumented() {
    JsonObject mapping =
        ApiDocument.OPENAPI
            .schema("Change")
            .getJsonObject("discriminator")
            .getJsonObject("mapping");
    assertThat(mapping.fieldNames())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(ChangeType.values()).map(ChangeType::wireName).toList());
  }

  @Test
  void itIsOpenApi() {
    Vertx vertx = Vertx.vertx();
    try {
      JsonObject document = ApiDocument.OPENAPI.json();
      OpenAPIVersion version = OpenAPIVersion.fromContract(document);
      assertThat(
              version
                  .getRepository(vertx, "app://")
                  .compose(schemas -> version.validateContract(vertx, schemas, document))
                  .await()
                  .getValid())
          .isTrue();
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void namesAreNobodyElses() {
    assertThat(Documented.REST.ids()).doesNotHaveDuplicates().doesNotContain((String) null);
  }

  @Test
  void examplesAreAsTheirSchemasSay() {
    assertThat(Documented.REST.wrongExamples()).isEmpty();
    assertThat(Documented.SOCKET.wrongExamples()).isEmpty();
  }
}

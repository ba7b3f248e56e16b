package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.ApiDocument;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApiPagesTest {
  @TempDir static Path folder;
  private static EdgeServer edge;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void theDocumentsAreThereAsYamlAndAsJson() {
    HttpResponse<Buffer> yaml = edge.get("/openapi.yaml", null);
    assertThat(yaml.getHeader("Content-Type")).isEqualTo("application/yaml");
    assertThat(yaml.bodyAsString()).startsWith("openapi: 3.1");
    assertThat(edge.get("/asyncapi.yaml", null).bodyAsString()).startsWith("asyncapi: 3.0");
    HttpResponse<Buffer> json = edge.get("/openapi.json", null);
    assertThat(json.getHeader("Content-Type")).isEqualTo("application/json");
    assertThat(json.bodyAsJsonObject()).isEqualTo(ApiDocument.OPENAPI.json());
    assertThat(edge.get("/asyncapi.json", null).bodyAsJsonObject())
        .isEqualTo(ApiDocument.ASYNCAPI.json());
    assertThat(edge.call(HttpMethod.HEAD, "/openapi.yaml", null, null).statusCode()).isEqualTo(200);
    assertThat(edge.post("/openapi.yaml", null, "{}").statusCode()).isEqualTo(405);
  }

  @Test
  void thePageAndWhatItAsksForAreThere() {
    HttpResponse<Buffer> page = edge.get("/docs", null);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.getHeader("Content-Type")).startsWith("text/html");
    assertThat(page.getHeader("Content-Security-Policy"))
        .as("nothing inline, nothing from elsewhere, here as anywhere")
        .startsWith("default-src 'self';")
        .doesNotContain("unsafe");
    String html = page.bodyAsString();
    for (String file : new String[] {"docs.css", "docs.js"}) {
      assertThat(html).contains(file);
      assertThat(edge.get("/docs/" + file, null).statusCode()).as(file).isEqualTo(200);
    }
    for (String library : new String[] {"swagger-ui.css", "swagger-ui-bundle.js"}) {
      assertThat(html).contains("/lib/" + library);
      assertThat(edge.get("/lib/" + library, null).statusCode()).as(library).isEqualTo(200);
    }
    assertThat(edge.get("/lib/swagger-ui.css", null).getHeader("Content-Type"))
        .startsWith("text/css");
  }
}

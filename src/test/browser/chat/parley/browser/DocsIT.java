package chat.parley.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.ApiDocument;
import chat.parley.testing.Documented;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page of the API, under the policy of every page: nothing inline, nothing from elsewhere. */
class DocsIT {
  private static final List<String> FAULTS = new ArrayList<>();
  private static Page page;

  @BeforeAll
  static void open() {
    page = Stage.browser().newPage();
    page.onPageError(FAULTS::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            FAULTS.add(message.text());
          }
        });
    page.navigate(Stage.server().httpUrl() + "/docs");
    page.locator(".opblock").first().waitFor();
    page.locator(".frame").first().waitFor();
  }

  @AfterAll
  static void close() {
    page.close();
  }

  @Test
  void itShowsEveryCallAndEveryFrame() {
    assertThat(page.locator(".opblock")).hasCount(Documented.REST.calls().size());
    assertThat(page.locator(".way.in")).hasCount(Documented.SOCKET.fromClients().size());
    assertThat(page.locator(".frame .name").allTextContents())
        .containsAll(Documented.SOCKET.fromClients())
        .contains("message.new", "receipt.aggregate", "sync.reset", "session.revoked");
    assertThat(page.locator("#socket tbody").last().locator("tr"))
        .hasCount(
            ApiDocument.ASYNCAPI
                .json()
                .getJsonObject("channels")
                .getJsonObject("socket")
                .getJsonArray("x-close-codes")
                .size());

    Locator call = page.locator(".opblock", new Page.LocatorOptions().setHasText("Send a message"));
    call.first().locator(".opblock-summary-control").click();
    assertThat(call.first().locator(".opblock-body")).containsText("clientMsgId");
    Locator frame = page.locator(".frame", new Page.LocatorOptions().setHasText("message.send"));
    frame.first().locator("summary").click();
    assertThat(frame.first().locator("table").first()).containsText("clientMsgId");
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", "docs.png")));
    assertThat(FAULTS).as("scripts that failed, breaches of the policy").isEmpty();
  }

  @Test
  void axeFindsNothingSeriousInWhatIsOurs() throws IOException {
    try (InputStream in = DocsIT.class.getResourceAsStream("/axe.min.js")) {
      page.evaluate(new String(in.readAllBytes(), StandardCharsets.UTF_8) + "; undefined");
    }
    Object serious =
        page.evaluate(
            "() => axe.run({include: [['.top'], ['#socket']]}, {resultTypes: ['violations']})"
                + ".then(({violations}) => violations.filter(({impact}) => impact === 'serious' ||"
                + " impact === 'critical').map(({id, nodes}) => id + ': ' + nodes.slice(0, 3)"
                + ".map((n) => n.html).join(' | ')))");
    assertThat((List<?>) serious).isEmpty();
  }
}

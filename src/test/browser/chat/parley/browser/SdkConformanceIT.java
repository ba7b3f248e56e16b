package chat.parley.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.conformance.Device;
import chat.parley.conformance.Scenario;
import chat.parley.conformance.ScenarioServer;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The browser SDK keeps the promises that every client of the protocol makes, over each transport
 * that it has.
 */
class SdkConformanceIT {
  /** What a mutant has for each step at the least, and in plays of the unaltered SDK. */
  private static final Duration RED_WITHIN = Duration.ofSeconds(3);

  private static final int RED_WITHIN_PLAYS = 3;

  @TestFactory
  Stream<DynamicTest> scenarios() {
    return Stream.of("websocket", "xhr-streaming", "xhr-polling")
        .flatMap(
            transport ->
                Scenario.all().stream()
                    .map(
                        scenario ->
                            DynamicTest.dynamicTest(
                                scenario.name() + " over " + transport,
                                () -> play(scenario, transport))));
  }

  /** How long it took, without what it took to get ready for it. */
  private static Duration play(Scenario scenario, String transport) {
    try (ScenarioServer server = ScenarioServer.start();
        Sdk sdk = new Sdk(server, transport)) {
      long startedAt = System.nanoTime();
      scenario.play(server, sdk);
      return Duration.ofNanos(System.nanoTime() - startedAt);
    }
  }

  /**
   * The suite can tell: without one thing that the SDK does, a scenario fails. With it it does not,
   * on the same machine and in less time than the mutant has, which so is not just slow.
   */
  @TestFactory
  Stream<DynamicTest> mutants() {
    return Stream.of(
        mutant(
            "gap", "/sdk/repair.js", "if (this.#open && !this.#running.has(stream))", "if (false)"),
        mutant(
            "replay",
            "/sdk/client.js",
            "'message.send', { conversationId, clientMsgId, body",
            "'message.send', { conversationId, clientMsgId: newId(), body"),
        mutant("expiry", "/sdk/connection.js", "await this.#session.renew();", ""));
  }

  @Test
  void whatItKeepsIsBoundedAndWhatItPromisedIsSettled() throws IOException {
    assertThat(wrong("sdk-parts.js")).isEmpty();
  }

  @Test
  void itComesBackWhenTheServerWantsItAndFindsOutThatItsSocketIsDead() throws IOException {
    assertThat(wrong("sdk-connection.js")).isEmpty();
  }

  @Test
  void itsTabsHearWhatTheServerSaidAndOneThatStandsStillLeadsNoLonger() throws IOException {
    assertThat(wrong("sdk-tabs.js")).isEmpty();
  }

  /** What a script of checks has found. */
  private static List<?> wrong(String script) throws IOException {
    try (ScenarioServer server = ScenarioServer.start();
        Page page = Stage.browser().newPage()) {
      page.route("**/hangs", nobodyAnswers -> {});
      page.navigate(server.uri() + "/device.html");
      return (List<?>) page.evaluate(PageQualityIT.resource("/browser/" + script));
    }
  }

  private static DynamicTest mutant(String name, String file, String code, String instead) {
    Scenario scenario = Scenario.named(name);
    return DynamicTest.dynamicTest(
        name + " without its part of " + file,
        () -> {
          Duration enough = play(scenario, "websocket").multipliedBy(RED_WITHIN_PLAYS);
          Duration patience = enough.compareTo(RED_WITHIN) > 0 ? enough : RED_WITHIN;
          try (ScenarioServer server =
                  ScenarioServer.start(Map.of(file, text -> replaced(text, code, instead)));
              Sdk sdk = new Sdk(server, "websocket")) {
            assertThatThrownBy(() -> scenario.play(server, sdk, patience))
                .isInstanceOfAny(ConditionTimeoutException.class, AssertionError.class)
                .hasMessageContaining(scenario.promise());
          }
        });
  }

  private static String replaced(String text, String old, String with) {
    assertThat(text).contains(old);
    return text.replace(old, with);
  }

  private static final class Sdk implements Device, AutoCloseable {
    private final BrowserContext context;
    private final Page page;
    private final String transport;

    Sdk(ScenarioServer server, String transport) {
      this.transport = transport;
      context = Stage.browser().newContext();
      page = context.newPage();
      page.navigate(server.uri() + "/device.html");
      page.waitForFunction("() => globalThis.device !== undefined");
    }

    @Override
    public void connect() {
      page.evaluate("transport => device.connect(transport)", transport);
    }

    @Override
    public void send(String text) {
      page.evaluate("text => device.send(text)", text);
    }

    @Override
    public List<Long> shown() {
      List<?> shown = (List<?>) page.evaluate("device.shown");
      return shown.stream().map(number -> ((Number) number).longValue()).toList();
    }

    @Override
    public int acked() {
      return ((Number) page.evaluate("device.acked")).intValue();
    }

    @Override
    public boolean ended() {
      return (Boolean) page.evaluate("device.ended");
    }

    @Override
    public void close() {
      context.close();
    }
  }
}

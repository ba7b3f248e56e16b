package chat.parley.browser;

import chat.parley.client.ClientGroup;
import chat.parley.testing.ParleyServer;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** One server and one browser for all tests of the page; they end with the JVM. */
final class Stage {
  private static final List<String> FLAGS =
      List.of(
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  /** A condition ends the wait; this only says when a slow machine is believed to have failed. */
  static final double PATIENCE_MS = 60_000;

  private static ParleyServer server;
  private static ClientGroup clients;
  private static Browser browser;
  private static int people;

  private Stage() {}

  /** The server, which a test may kill if it starts it again. */
  static synchronized ParleyServer server() {
    if (server == null) {
      server = ParleyServer.onSharedStack();
    }
    return server;
  }

  /** The browser. Playwright belongs to one thread: that of the tests. */
  static synchronized Browser browser() {
    if (browser == null) {
      PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
      Playwright playwright =
          Playwright.create(
              new Playwright.CreateOptions()
                  .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
      browser =
          playwright
              .chromium()
              .launch(
                  new BrowserType.LaunchOptions()
                      .setExecutablePath(Path.of("/usr/bin/chromium"))
                      .setArgs(FLAGS));
    }
    return browser;
  }

  /** Somebody new, signed in and connected; the handle begins with this and is nobody else's. */
  static Person person(String handle, String displayName) {
    return Person.returning(
        browser(), clients().api(), server().httpUrl(), handle + ++people, displayName);
  }

  /** The same, who has come in by the form of the page. */
  static Person newcomer(String handle, String displayName) {
    return Person.register(browser(), server().httpUrl(), handle + ++people, displayName);
  }

  /** Somebody who is there already, at a second device. */
  static Person anotherDevice(Person person, String displayName) {
    return at(Person.window(), person, displayName);
  }

  /** The same, at a phone. */
  static Person phone(Person person, String displayName) {
    return at(Person.phone(), person, displayName);
  }

  private static Person at(Browser.NewContextOptions window, Person person, String displayName) {
    return Person.anotherDevice(
        browser(), window, clients().api(), server().httpUrl(), person.handle(), displayName);
  }

  /** The Java client, for what would take a browser long. */
  static synchronized ClientGroup clients() {
    if (clients == null) {
      clients = ClientGroup.open(Vertx.vertx(), server().uri());
    }
    return clients;
  }
}

package chat.parley.browser;

import chat.parley.testing.ParleyServer;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
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

  private static ParleyServer server;
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
    return Person.register(browser(), server().httpUrl(), handle + ++people, displayName);
  }
}

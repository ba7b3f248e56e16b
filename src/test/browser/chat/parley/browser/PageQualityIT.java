package chat.parley.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What holds on every screen: nothing that users write comes alive, axe finds nothing serious, all
 * of it works by keyboard and on 320 pixels.
 */
class PageQualityIT {
  /** Texts that came alive in one chat or another. */
  private static final List<String> NASTY =
      List.of(
          "<script>globalThis.pwned=1</script>",
          "<img src=x onerror=globalThis.pwned=1>",
          "**bold** <img src=x onerror=globalThis.pwned=1>",
          "[click](javascript:globalThis.pwned=1)",
          "[click](JaVaScRiPt&colon;globalThis.pwned=1) **x**",
          "[click](data:text/html,<script>globalThis.pwned=1</script>)",
          "![x](x\" onerror=\"globalThis.pwned=1)",
          "<a href=\"javascript:globalThis.pwned=1\">x</a> `code`",
          "<svg onload=globalThis.pwned=1> **x**",
          "<math><mtext><table><mglyph><style><img src=x onerror=globalThis.pwned=1> **x**",
          "<iframe srcdoc=\"<script>parent.pwned=1</script>\"> **x**",
          "<form id=chat><input name=attributes> **x**",
          "https://example.org/\"onmouseover=\"globalThis.pwned=1",
          "{{constructor.constructor('globalThis.pwned=1')()}} ${globalThis.pwned=1}",
          "\u202egnp.exe \u2066abc\u2069 \u202e**x**",
          "```\n</code></pre><script>globalThis.pwned=1</script>\n```",
          "> " + ">".repeat(16_000));

  private static final List<String> OF_THE_PAGE =
      List.of(
          "#new-dm",
          "#new-group",
          "#find-channel",
          "#show-settings",
          "#show-settings then #password-part summary");
  private static final List<String> OF_A_CONVERSATION =
      List.of(
          "#show-people",
          "#show-menu",
          "#show-menu then #menu-jump",
          "#insert-emoji",
          "#messages .own .tick");

  /** As long as a name may be, in one word. */
  private static final String LONG_NAME = "Ada" + "lovelace".repeat(7) + "Count";

  /** Stops of the Tab key from anywhere to anywhere. */
  private static final int MOST_STOPS = 40;

  private static final Locator.WaitForOptions GONE =
      new Locator.WaitForOptions().setState(WaitForSelectorState.DETACHED);

  /**
   * Brings a nasty topic into the open conversation, by the call that the page has no field for.
   */
  private static final String SET_TOPIC =
      "topic => fetch('/v1/conversations/' + document.querySelector('#chat').dataset.open,"
          + " {method: 'PATCH', body: JSON.stringify({topic}), headers: {'Content-Type':"
          + " 'application/json', Authorization: 'Bearer ' +"
          + " JSON.parse(localStorage['parley.session']).accessToken}}).then(({ok}) => ok)";

  private static final String REMEMBER =
      "() => { globalThis.ours = new Set(document.querySelectorAll('*')); }";

  /** Elements that the page's own code never makes, handlers in attributes, links to scripts. */
  private static final String ALIVE =
      "() => { const all = [...document.querySelectorAll('*')]; all.forEach((one) =>"
          + " one.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})));"
          + " return all.filter((one) => Element.prototype.getAttributeNames.call(one).some((name) =>"
          + " name.startsWith('on'))"
          + " || (one.href && !/^(https?|mailto):/.test(one.href)) || (!ours.has(one) &&"
          + " one.matches('img, svg, math, iframe, object, embed, form, input, script, style, link,"
          + " base, meta'))).map((one) => one.outerHTML.slice(0, 200)); }";

  /** What reaches beyond the sides of the window, or would have to be scrolled sideways. */
  private static final String RUNS_OVER =
      "() => [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() &&"
          + " !one.closest('pre, .hidden-label')).filter((one) => { const {left, right} ="
          + " one.getBoundingClientRect(); return left < -1 || right > innerWidth + 1 ||"
          + " (/auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth >"
          + " one.clientWidth + 1); }).map((one) => one.outerHTML.slice(0, 200))";

  private static Person eve;
  private static Person bob;

  @BeforeAll
  static void twoPeople() {
    eve = Stage.person("eve", "<img src=x onerror=globalThis.pwned=1>");
    bob = Stage.person("bob", "Bob Kahn");
  }

  @AfterAll
  static void theyLeave() {
    eve.close();
    bob.close();
  }

  @Test
  void whatUsersWriteNeverComesAlive() {
    for (Person person : List.of(eve, bob)) {
      person.page().evaluate(REMEMBER);
    }
    eve.createsGroup("<b onmouseover=globalThis.pwned=1>Title</b>", bob);
    bob.opens("<b onmouseover=globalThis.pwned=1>Title</b>");
    assertThat(eve.page().evaluate(SET_TOPIC, NASTY.get(1))).isEqualTo(true);
    for (String text : NASTY) {
      eve.writes(text);
    }
    assertThat(bob.page().locator("#messages .message")).hasCount(NASTY.size());
    bob.replies(NASTY.get(0), "I see");
    bob.types("@" + eve.handle().substring(0, 3));
    assertThat(bob.page().locator("#mention-offers .result")).hasCount(1);
    assertThat(eve.page().locator("#messages .quote:visible")).hasCount(1);
    for (Person person : List.of(eve, bob)) {
      Page page = person.page();
      assertThat(page.locator("#messages .message")).hasCount(NASTY.size() + 1);
      assertThat((List<?>) page.evaluate(ALIVE)).isEmpty();
      page.locator("#show-people").click();
      assertThat(page.locator("#people .result")).hasCount(2);
      assertThat((List<?>) page.evaluate(ALIVE)).isEmpty();
      page.keyboard().press("Escape");
      assertThat(page.evaluate("globalThis.pwned ?? null")).isNull();
      assertThat(
              page.evaluate(
                  "() => [...document.querySelectorAll('#messages .body *')].filter((e) =>"
                      + " !e.matches('p,br,strong,em,del,code,pre,blockquote,ul,ol,li,a,span.mention')"
                      + " || [...e.attributes].some((a) => a.name.startsWith('on')) || (e.href &&"
                      + " !/^(https?|mailto):/.test(e.href))).length"))
          .isEqualTo(0);
      assertThat(person.faults()).as("scripts that failed, breaches of the CSP").isEmpty();
    }
    bob.screenshot("xss");
  }

  @Test
  void axeFindsNothingSeriousOnAnyScreen() {
    Axe axe = new Axe();
    Person ada = Stage.person("ada", LONG_NAME);
    axe.check(ada.page(), "no conversations");
    ada.screenshot("empty");
    ada.createsGroup("Analytical Engine", bob);
    // Not at the end: there Enter would take the offered mention instead of sending.
    String asked = "See https://example.org/cards and ask @" + bob.handle() + " first";
    ada.writes("Who has the **cards**? " + asked);
    bob.opens("Analytical Engine");
    ada.likes("Who has the cards? " + asked);
    bob.replies("Who has the cards? " + asked, "I do");
    ada.seesOwn("Who has the cards? " + asked, "read");
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      for (int width : List.of(1100, 320)) {
        for (Person person : List.of(ada, bob)) {
          Page page = person.page();
          page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
          page.setViewportSize(width, 720);
          axe.check(page, "a group, " + scheme + ", " + width);
          assertThat((List<?>) page.evaluate(RUNS_OVER)).as("at " + width).isEmpty();
        }
        ada.screenshot("group-" + scheme + "-" + width);
        bob.screenshot("group-long-name-" + scheme + "-" + width);
      }
    }
    bob.page().setViewportSize(1100, 720);
    bob.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    // Dark and narrow, as they are now; then light and wide.
    checkDialogs(axe, ada, "dark", OF_A_CONVERSATION);
    ada.page().locator("#back").click();
    assertThat(ada.page().locator("#open")).isHidden();
    ada.screenshot("list-dark-320");
    assertThat((List<?>) ada.page().evaluate(RUNS_OVER)).as("the list at 320").isEmpty();
    checkDialogs(axe, ada, "dark", OF_THE_PAGE);
    bob.createsChannel("Card players");
    ada.page().evaluate("id => { location.hash = '#/c/' + id; }", bob.openConversation());
    ada.page().locator("#join").waitFor();
    axe.check(ada.page(), "a channel to join");
    ada.screenshot("channel-to-join-dark-320");
    assertThat((List<?>) ada.page().evaluate(RUNS_OVER)).as("a channel to join").isEmpty();
    ada.page().emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
    ada.page().setViewportSize(1100, 720);
    ada.opens("Analytical Engine");
    checkDialogs(axe, ada, "light", OF_A_CONVERSATION);
    checkDialogs(axe, ada, "light", OF_THE_PAGE);
    ada.page().locator("#show-settings").click();
    ada.page().locator("#sign-out").click();
    axe.check(ada.page(), "the entry");
    ada.screenshot("entry");
    ada.page().locator("#handle").fill(ada.handle());
    ada.page().locator("#password").fill("not hers at all");
    ada.page().locator("#entry-submit").click();
    assertThat(ada.page().locator("#entry-error")).isVisible();
    ada.page().setViewportSize(320, 720);
    axe.check(ada.page(), "the entry with a fault");
    assertThat((List<?>) ada.page().evaluate(RUNS_OVER)).as("the entry at 320").isEmpty();
    ada.screenshot("entry-wrong-password-320");
    ada.close();
    assertThat(axe.found()).isEmpty();
  }

  /** Opens each dialog by these clicks, one after the other. */
  private static void checkDialogs(Axe axe, Person person, String name, List<String> openers) {
    Page page = person.page();
    for (String clicks : openers) {
      for (String click : clicks.split(" then ")) {
        page.locator(click).first().click();
      }
      page.locator("dialog[open]").waitFor();
      page.locator("dialog[open] fieldset:disabled").waitFor(GONE);
      axe.check(page, clicks + ", " + name);
      assertThat((List<?>) page.evaluate(RUNS_OVER)).as(clicks).isEmpty();
      person.screenshot("dialog-" + name + clicks.replaceAll("[^a-z]+", "-"));
      page.keyboard().press("Escape");
    }
  }

  @Test
  void whatThePageMakesOfTextsNamesAndDates() throws IOException {
    Page page = Stage.browser().newPage();
    page.navigate(Stage.server().httpUrl() + "/");
    assertThat((List<?>) page.evaluate(resource("/browser/page-parts.js"))).isEmpty();
    page.close();
  }

  @Test
  void theThemeIsChosenAndKept() {
    Page page = bob.page();
    page.locator("#show-settings").click();
    page.locator("[name=theme][value=dark]").check();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    page.reload();
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    page.locator("#show-settings").click();
    page.locator("[name=theme][value=system]").check();
    assertThat(page.locator("html")).not().hasAttribute("data-theme", "dark");
    page.locator("#settings-close").click();
  }

  @Test
  void theSettingsLeadToTheApi() {
    Page page = bob.page();
    page.locator("#show-settings").click();
    Page docs = page.waitForPopup(() -> page.locator("#api").click());
    assertThat(docs).hasTitle("Parley: the API");
    assertThat(docs.locator(".frame").first()).isVisible();
    docs.close();
    page.locator("#settings-close").click();
  }

  /** Without a pointer, and without the test's help: each place is reached by keys alone. */
  @Test
  void everythingWorksByKeyboard() {
    Person ada = Stage.person("ada", "Ada Lovelace");
    Page page = ada.page();
    presses(page, "Tab", "#new-dm");
    page.keyboard().press("Enter");
    page.keyboard().type(bob.handle());
    page.locator("#dm-results button").waitFor();
    page.keyboard().press("Enter");
    assertThat(page.locator("#text")).isFocused();
    page.keyboard().type("by keyboard");
    page.keyboard().press("Enter");
    ada.seesOwn("by keyboard", "delivered");

    presses(page, "Shift+Tab", "#messages .message");
    page.keyboard().press("Enter");
    assertThat(page.locator(".actions button").first()).isFocused();
    page.keyboard().press("Enter");
    ada.seesReaction("by keyboard", "👍 1");
    presses(page, "Shift+Tab", "#show-menu");
    page.keyboard().press("Enter");
    presses(page, "Tab", "#menu-jump");
    page.keyboard().press("Enter");
    assertThat(page.locator("#jump-day")).isFocused();
    presses(page, "Tab", "#jump-first");
    page.keyboard().press("Enter");
    assertThat(page.locator("#messages .message")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator("#open")).isHidden();
    page.keyboard().press("Control+k");
    page.keyboard().type("bob");
    page.keyboard().press("ArrowDown");
    assertThat(page.locator(".conversation").first()).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator("#open-title")).hasText("Bob Kahn");

    presses(page, "Shift+Tab", "#new-group");
    page.keyboard().press("Enter");
    page.keyboard().type("Night shift");
    presses(page, "Tab", "#group-search");
    page.keyboard().type(bob.handle());
    page.locator("#group-results button").waitFor();
    page.keyboard().press("Enter");
    assertThat(page.locator("#group-chosen li")).hasCount(1);
    presses(page, "Tab", "#group-create");
    page.keyboard().press("Enter");
    assertThat(page.locator("#open-title")).hasText("Night shift");
    presses(page, "Shift+Tab", "#show-settings");
    page.keyboard().press("Enter");
    presses(page, "Tab", "[name=theme]");
    page.keyboard().press("ArrowDown");
    assertThat(page.locator("html")).hasAttribute("data-theme", "light");
    page.keyboard().press("Escape");
    assertThat(page.locator("#show-settings")).isFocused();
    ada.close();
  }

  /** Presses this key until the focus is there, and seen to be there. */
  private static void presses(Page page, String key, String place) {
    for (int times = 0; times < MOST_STOPS; times++) {
      page.keyboard().press(key);
      if (Boolean.TRUE.equals(page.evaluate("at => document.activeElement.matches(at)", place))) {
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
            .as("how the focus shows on " + place)
            .isNotEqualTo("none");
        return;
      }
    }
    fail("%s does not lead to %s", key, place);
  }

  static String resource(String name) throws IOException {
    try (InputStream in = PageQualityIT.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** axe-core, and what it found so far. */
  private static final class Axe {
    private final List<String> found = new ArrayList<>();
    private final String script;

    Axe() {
      try {
        script = resource("/axe.min.js");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    void check(Page page, String screen) {
      page.evaluate(script + "; undefined");
      List<?> serious =
          (List<?>)
              page.evaluate(
                  "() => axe.run(document, {resultTypes: ['violations']}).then(({violations}) =>"
                      + " violations.filter(({impact}) => impact === 'serious' || impact ==="
                      + " 'critical').map(({id, nodes}) => id + ': ' + nodes.slice(0, 3).map((n) =>"
                      + " n.html).join(' | ')))");
      serious.forEach(one -> found.add(screen + ": " + one));
    }

    List<String> found() {
      return found;
    }
  }
}

package chat.parley.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import chat.parley.client.ParleyApi;
import chat.parley.client.Session;
import chat.parley.testing.Await;
import chat.parley.testing.Documented;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Somebody at a browser of their own: what they do on the page, and what they see there. */
final class Person implements AutoCloseable {
  private static final double RECONNECT_MS = 60_000;
  static final String PASSWORD = "correct horse battery";

  private final List<String> faults = new ArrayList<>();
  private final BrowserContext context;
  private final String url;
  private final String handle;
  private Page page;

  private Person(BrowserContext context, String url, String handle) {
    this.context = context;
    this.url = url;
    this.handle = handle;
    context.setDefaultTimeout(Stage.PATIENCE_MS);
  }

  /** Creates an account by the page's form; returns when the page is connected. */
  static Person register(Browser browser, String url, String handle, String displayName) {
    Person person = new Person(browser.newContext(window()), url, handle);
    person.openPage();
    person.page.locator("#entry-switch").click();
    person.page.locator("#handle").fill(handle);
    person.page.locator("#display-name").fill(displayName);
    person.page.locator("#password").fill(PASSWORD);
    person.page.locator("#entry-submit").click();
    person.seesConnection("online");
    return person;
  }

  /** The same without the form, which takes a while: as if they had been here before. */
  static Person returning(
      Browser browser, ParleyApi api, String url, String handle, String displayName) {
    Await.join(api.createAccount(handle, PASSWORD, displayName));
    return anotherDevice(browser, window(), api, url, handle, displayName);
  }

  /** Somebody who has an account, in a browser of its own, with such a window. */
  static Person anotherDevice(
      Browser browser,
      Browser.NewContextOptions window,
      ParleyApi api,
      String url,
      String handle,
      String displayName) {
    Session session = Await.join(api.createSession(handle, PASSWORD, "Browser", null));
    JsonObject kept =
        new JsonObject()
            .put("userId", session.userId())
            .put("deviceId", session.deviceId())
            .put("accessToken", session.accessToken())
            .put("expiresAt", session.expiresAt())
            .put("refreshToken", session.refreshToken())
            .put("handle", handle)
            .put("displayName", displayName)
            .put("remember", true);
    JsonObject item = new JsonObject().put("name", "parley.session").put("value", kept.encode());
    JsonObject origin =
        new JsonObject().put("origin", url).put("localStorage", new JsonArray().add(item));
    JsonObject state =
        new JsonObject()
            .put("cookies", new JsonArray())
            .put("origins", new JsonArray().add(origin));
    Person person =
        new Person(browser.newContext(window.setStorageState(state.encode())), url, handle);
    person.openPage();
    person.seesConnection("online");
    return person;
  }

  static Browser.NewContextOptions window() {
    return new Browser.NewContextOptions().setViewportSize(1100, 720);
  }

  /** As on a phone: a narrow window that is touched. */
  static Browser.NewContextOptions phone() {
    return window().setViewportSize(390, 780).setIsMobile(true).setHasTouch(true);
  }

  /** Opens the page (again), with what the browser has kept. */
  void openPage() {
    page = newPage(opened -> {});
  }

  /** The same; what is done to the page before it loads anything. */
  void openPage(Consumer<Page> prepare) {
    page = newPage(prepare);
  }

  private Page newPage(Consumer<Page> prepare) {
    Page opened = context.newPage();
    prepare.accept(opened);
    opened.onPageError(faults::add);
    opened.onConsoleMessage(
        message -> {
          if (message.text().contains("Content Security Policy")) {
            faults.add(message.text());
          }
        });
    opened.onWebSocket(
        socket -> {
          if (!socket.url().contains("/sockjs/")) { // there frames travel in others
            socket.onFrameReceived(frame -> Documented.frame(frame.text()));
          }
        });
    opened.navigate(url + "/");
    return opened;
  }

  /**
   * From now on, in pages opened or loaded anew, notifications are allowed and only noted, and the
   * user looks at none of their tabs until {@link #looksAt}.
   */
  void notesNotifications() {
    context.addInitScript(
        "globalThis.notified = []; document.hasFocus = () => false;"
            + " globalThis.Notification = class { static permission = 'granted'; close() {}"
            + " constructor(title, { body }) { notified.push(`${title}: ${body}`); } };");
  }

  /** The user turns to this tab, or away from it. */
  static void looksAt(Page tab, boolean looks) {
    tab.evaluate(
        "looks => { document.hasFocus = () => looks;"
            + " dispatchEvent(new Event(looks ? 'focus' : 'blur')); }",
        looks);
  }

  /** This tab comes into sight, or goes out of it. */
  static void shows(Page tab, boolean inSight) {
    tab.evaluate(
        "inSight => { Object.defineProperty(document, 'visibilityState', { configurable: true,"
            + " value: inSight ? 'visible' : 'hidden' });"
            + " document.dispatchEvent(new Event('visibilitychange')); }",
        inSight);
  }

  /** From now on the five minutes after which somebody counts as away are a moment in this tab. */
  static void hastens(Page tab) {
    tab.evaluate(
        "() => { const wait = setTimeout; globalThis.setTimeout = (work, ms, ...more) =>"
            + " wait(work, ms === 300_000 ? 200 : ms, ...more); }");
  }

  /** What this tab has notified of, once it has done so with all that it has heard. */
  static List<?> notified(Page tab) {
    return (List<?>) tab.evaluate("navigator.locks.query().then(() => notified)");
  }

  void closePage() {
    page.close();
  }

  void reload() {
    page.reload();
  }

  /** What they do next is done in this tab. */
  void turnsTo(Page tab) {
    page = tab;
  }

  String handle() {
    return handle;
  }

  Page page() {
    return page;
  }

  /** Takes the network away, or gives it back. */
  void offline(boolean offline) {
    context.setOffline(offline);
  }

  /**
   * A second tab of the same browser; what they do next is done there. The first one is given back.
   */
  Page opensSecondTab() {
    Page first = page;
    openPage();
    return first;
  }

  /** Starts a dm by searching for the other's handle. */
  void startsDmWith(Person other) {
    page.locator("#new-dm").click();
    page.locator("#dm-search").fill(other.handle);
    page.locator("#dm-results [data-handle='" + other.handle + "']").click();
    assertThat(page.locator("#open")).isVisible();
  }

  /** The same by the keyboard alone: Enter comes before the search has answered, or even begun. */
  void startsDmInAHurryWith(Person other) {
    page.locator("#new-dm").click();
    page.locator("#dm-search").fill(other.handle);
    page.locator("#dm-search").press("Enter");
    assertThat(page.locator("#open")).isVisible();
  }

  void createsGroup(String title, Person... members) {
    page.locator("#new-group").click();
    page.locator("#group-title").fill(title);
    for (Person member : members) {
      page.locator("#group-search").fill(member.handle);
      page.locator("#group-results [data-handle='" + member.handle + "']").click();
    }
    page.locator("#group-create").click();
    assertThat(page.locator("#open-title")).hasText(title);
  }

  void createsChannel(String title) {
    page.locator("#find-channel").click();
    page.locator("#channel-search").fill(title);
    page.locator("#channel-create").click();
    assertThat(page.locator("#open-title")).hasText(title);
  }

  /** Looks for a channel by some words and joins the one that is found. */
  void findsAndJoins(String words, String title) {
    page.locator("#find-channel").click();
    page.locator("#channel-search").fill(words);
    assertThat(page.locator("#channel-results .result")).hasCount(1);
    page.locator("#channel-results .result").click();
    assertThat(page.locator("#open-title")).hasText(title);
    assertThat(page.locator("#text")).isEnabled();
  }

  void leaves() {
    page.locator("#show-people").click();
    page.locator("#leave").click();
    assertThat(page.locator("#part-heading")).containsText("Leave");
    screenshot("leaving");
    page.locator("#part-do").click();
    assertThat(page.locator("#text")).isDisabled();
  }

  void removes(String displayName) {
    page.locator("#show-people").click();
    page.locator("#people [aria-label='Remove " + displayName + "']").click();
    page.locator("#part-close").click(); // a second thought, and a third
    assertThat(page.locator("#people .names strong").getByText(displayName)).hasCount(1);
    page.locator("#people [aria-label='Remove " + displayName + "']").click();
    assertThat(page.locator("#part-heading")).hasText("Remove " + displayName + "?");
    page.locator("#part-do").click();
    assertThat(page.locator("#people .names strong").getByText(displayName)).hasCount(0);
    page.locator("#people-dialog .close").click();
  }

  /** Gives the open conversation another title and topic. */
  void calls(String title, String topic) {
    page.locator("#show-people").click();
    page.locator("#people-about").click();
    page.locator("#about-title").fill(title);
    page.locator("#about-topic").fill(topic);
    screenshot("title-and-topic");
    page.locator("#about-topic").press("Enter");
    assertThat(page.locator("#about-dialog")).isHidden();
    assertThat(page.locator("#people-topic")).hasText(topic);
    page.locator("#people-dialog .close").click();
  }

  void mayNotWrite() {
    assertThat(page.locator("#text")).isDisabled();
  }

  /** A line among the messages says so. */
  void seesNotice(String text) {
    assertThat(page.locator("#messages .notice span:text-is('" + text + "')")).hasCount(1);
  }

  /** Opens the conversation that the list calls by this name. */
  void opens(String name) {
    inList(name).click();
    assertThat(page.locator("#open-title")).hasText(name);
  }

  void writes(String text) {
    page.locator("#text").fill(text);
    page.locator("#text").press("Enter");
  }

  /** Types without sending. */
  void types(String text) {
    page.locator("#text").pressSequentially(text);
  }

  void hasTyped(String text) {
    assertThat(page.locator("#text")).hasValue(text);
  }

  /** The id of the conversation that is open. */
  String openConversation() {
    return page.locator("#chat").getAttribute("data-open");
  }

  /** Another place of the open conversation: first, unread or newest. */
  void jumpsTo(String place) {
    page.locator("#show-menu").click();
    page.locator("#menu-jump").click();
    page.locator("#jump-" + place).click();
    assertThat(page.locator("#jump-dialog")).isHidden();
  }

  void jumpsToDay(LocalDate day) {
    page.locator("#show-menu").click();
    page.locator("#menu-jump").click();
    page.locator("#jump-day").fill(day.toString());
    page.locator("#jump-go").click();
    assertThat(page.locator("#jump-dialog")).isHidden();
  }

  /** The numbers of the messages on the page at one moment, from top to bottom. */
  List<Integer> shownSeqs() {
    String seqs = "rows => rows.map(row => row.dataset.seq).join(' ')";
    String shown = (String) page.locator("#messages .message").evaluateAll(seqs);
    return Stream.of(shown.split(" ")).map(Integer::valueOf).toList();
  }

  /** What stands under the open conversation's name says so. */
  void seesUnderTheName(String words) {
    assertThat(page.locator("#open-subtitle")).containsText(words);
  }

  void seesNotUnderTheName(String words) {
    assertThat(page.locator("#open-subtitle")).not().containsText(words);
  }

  void seesConnection(String state) {
    assertThat(page.locator("#connection"))
        .hasAttribute(
            "data-state",
            state,
            new LocatorAssertions.HasAttributeOptions().setTimeout(RECONNECT_MS));
  }

  void seesNoConnection() {
    assertThat(page.locator("#connection")).not().hasAttribute("data-state", "online");
  }

  void isToldOfWaiting(String words) {
    assertThat(page.locator("#connection-text:visible, #open-connection:visible"))
        .containsText(words);
  }

  void seesInList(String name, String preview) {
    assertThat(inList(name).locator(".preview")).hasText(preview);
  }

  void seesUnread(String name, int count) {
    assertThat(inList(name).locator(".count"))
        .hasAttribute(
            "data-unread",
            Integer.toString(count),
            new LocatorAssertions.HasAttributeOptions().setTimeout(RECONNECT_MS));
  }

  /** The message is there once, under this state (pending, sent, delivered, read, failed). */
  void seesOwn(String text, String state) {
    assertThat(message(text))
        .hasAttribute(
            "data-state",
            state,
            new LocatorAssertions.HasAttributeOptions().setTimeout(RECONNECT_MS));
  }

  void seesTickLabel(String text, String label) {
    assertThat(message(text).locator(".tick")).hasAttribute("aria-label", label);
  }

  void seesSender(String text, String displayName) {
    assertThat(message(text).locator(".sender")).hasText(displayName);
  }

  /** Asks who has a message of one's own; the dialog says so, under this heading. */
  void seesWhoHas(String text, String heading, String displayName, String devices) {
    message(text).locator(".tick").click();
    assertThat(page.locator("#who .group")).hasText(heading);
    assertThat(page.locator("#who .result strong")).hasText(displayName);
    assertThat(page.locator("#who-state")).hasText(devices);
    page.locator("#who-dialog .close").click();
  }

  /** Chooses in the settings who sees whether they are online: everyone, shared or nobody. */
  void showsPresenceTo(String whom) {
    page.locator("#show-settings").click();
    page.locator("[name=presence][value=" + whom + "]").check();
    isTold("Saved");
    page.locator("#settings-close").click();
  }

  /** Gives themselves another password in the settings, which stay open. */
  void changesPassword(String current, String wished) {
    if (!page.locator("#settings-dialog").isVisible()) {
      page.locator("#show-settings").click();
      page.locator("#password-part summary").click();
    }
    page.locator("#password-current").fill(current);
    page.locator("#password-new").fill(wished);
    page.locator("#password-new").press("Enter");
  }

  void seesOfThePassword(String words) {
    assertThat(page.locator("#password-state")).hasText(words);
  }

  void isToldThatThePasswordIsChanged() {
    isTold("Your password is changed");
    assertThat(page.locator("#password-new")).hasValue("");
  }

  /** Is shown the form to sign in, and does so. */
  void signsInAgain(String password) {
    page.locator("#handle").fill(handle);
    page.locator("#password").fill(password);
    page.locator("#entry-submit").click();
    seesConnection("online");
  }

  /** Keeps receipts of the open conversation private, or no more. */
  void keepsReceiptsHere(String choice) {
    page.locator("#show-menu").click();
    page.locator("#menu-receipts").selectOption(choice);
    isTold("Saved");
    page.locator("#menu-dialog .close").click();
  }

  /** In the open conversation. */
  void mutes() {
    page.locator("#show-menu").click();
    page.locator("#menu-mute-always").click();
    isTold("Muted");
  }

  void seesMuted(String name) {
    assertThat(inList(name).locator(".marks"))
        .hasAttribute(
            "data-marks",
            "muted",
            new LocatorAssertions.HasAttributeOptions().setTimeout(RECONNECT_MS));
  }

  private void isTold(String words) {
    assertThat(page.locator("#toasts .good")).hasText(words + "✕");
    page.locator("#toasts .good .remove").click();
  }

  void seesMentions(String name, int count) {
    Locator badge = inList(name).locator(".mentions");
    if (count == 0) {
      assertThat(badge).isHidden();
    } else {
      assertThat(badge).hasText(count == 1 ? "@" : "@" + count);
    }
  }

  /** Sets a thumbs-up, or takes it back where it is set. */
  void likes(String text) {
    does(text, "[aria-label='React with 👍']");
  }

  void seesReaction(String text, String label) {
    assertThat(message(text).locator(".reactions")).hasText(label);
  }

  void seesNoReaction(String text) {
    assertThat(message(text).locator(".reactions button")).hasCount(0);
  }

  void replies(String text, String answer) {
    beginsReply(text);
    writes(answer);
  }

  void beginsReply(String text) {
    does(text, "[data-action=reply]");
  }

  void seesReplyTo(String answer, String text) {
    assertThat(message(answer).locator(".quote span")).hasText(text);
  }

  void edits(String text, String other) {
    opensEditor(text);
    savesEdit(other);
    assertThat(page.locator("#edit-dialog")).isHidden();
  }

  void opensEditor(String text) {
    does(text, "[data-action=edit]");
  }

  void savesEdit(String text) {
    page.locator("#edit-text").fill(text);
    page.locator("#edit-save").click();
  }

  void deletes(String text) {
    does(text, "[data-action=delete]");
    page.locator("#delete-do").click();
    assertThat(page.locator("#delete-dialog")).isHidden();
  }

  private void does(String text, String action) {
    message(text).hover();
    message(text).locator(".actions " + action).click();
  }

  void seesEdited(String text) {
    assertThat(message(text).locator("time")).containsText("edited");
  }

  /** Exactly these messages, each once, in this order. */
  void seesExactly(String... texts) {
    assertThat(page.locator("#messages .body"))
        .hasText(texts, new LocatorAssertions.HasTextOptions().setTimeout(RECONNECT_MS));
  }

  /** The line above what is new is above the message with this number. */
  void seesNewsFrom(int seq) {
    assertThat(page.locator("#messages .line.new + .message"))
        .hasAttribute("data-seq", Integer.toString(seq));
  }

  /** Script errors and breaches of the Content-Security-Policy on this person's pages so far. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  void screenshot(String name) {
    Path file = Path.of("target", "screenshots", name + ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(file));
  }

  @Override
  public void close() {
    context.close();
  }

  Locator inList(String name) {
    return page.locator(
        ".conversation",
        new Page.LocatorOptions().setHas(page.locator(".name:text-is('" + name + "')")));
  }

  Locator message(String text) {
    // Pattern.quote writes \Q, which the browser's regular expressions do not know.
    Pattern exactly = Pattern.compile("^\\s*" + text.replaceAll("[^\\w\\s]", "\\\\$0") + "\\s*$");
    return page.locator(
        "#messages .message",
        new Page.LocatorOptions()
            .setHas(page.locator(".body", new Page.LocatorOptions().setHasText(exactly))));
  }
}

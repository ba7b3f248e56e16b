package chat.parley.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Credentials;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.Session;
import chat.parley.testing.Await;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two people in two real browsers talk through a running server: the promise of the README, seen
 * from outside.
 */
class ChatFlowsIT {
  private static final int MANY = 500;

  /** More than the first page of the list has. */
  private static final int ROOMS = 60;

  /** More than the page draws of them at first. */
  private static final int SOME = 150;

  /** One more than a page of channels has. */
  private static final int CHANNELS = 21;

  private static final Pattern PAGE_OF_MESSAGES =
      Pattern.compile("/v1/conversations/[^/]+/messages\\?");
  private static final int AN_HOUR_MS = 3_600_000;
  private static final int A_SECOND_MS = 1_000;

  /** A device of its own asks for too much, and then for something else, on the same connection. */
  private static final String TOO_LONG =
      """
      async ([handle, password]) => {
        const { ParleyClient, Session } = await import('/sdk/index.js');
        const session = new Session();
        session.adopt(await (await fetch('/v1/sessions', {
          method: 'POST', headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ handle, password, device: { name: 'Another' } }),
        })).json());
        const client = new ParleyClient(session, { shareTabs: false });
        let connections = 0;
        client.on('state', ({ state }) => { if (state === 'syncing') connections++; });
        await client.connect();
        const code = (text) => client.edit('nobody-wrote-this', text).then(() => 'done', (problem) => problem.code);
        const codes = [await code('x'.repeat(70_000)), await code('x')];
        const { state } = client;
        client.close();
        return [...codes, state, connections];
      }
      """;

  /** Keeps a draft of the open conversation as earlier versions of the page did. */
  private static final String KEEP_DRAFT =
      "text => localStorage.setItem('parley.draft.' +"
          + " JSON.parse(localStorage['parley.session']).userId + '.' +"
          + " document.querySelector('#chat').dataset.open, text)";

  private Person ada;
  private Person bob;

  @BeforeEach
  void twoPeopleRegister() {
    ada = Stage.person("ada", "Ada Lovelace");
    bob = Stage.person("bob", "Bob Kahn");
  }

  @AfterEach
  void theyLeaveWithoutAFaultOnTheirPages() {
    List<String> faults = Stream.of(ada, bob).flatMap(person -> person.faults().stream()).toList();
    ada.close();
    bob.close();
    assertThat(faults).isEmpty();
  }

  @Test
  void whoRegistersIsFoundByOthers() {
    try (Person newcomer = Stage.newcomer("grace", "Grace Hopper")) {
      ada.startsDmInAHurryWith(newcomer);
      ada.writes("Welcome");
      newcomer.seesInList("Ada Lovelace", "Welcome");
      assertThat(newcomer.faults()).isEmpty();
    }
  }

  @Test
  void bothChatAndTicksBecomeDeliveredAndRead() {
    ada.startsDmWith(bob);
    ada.writes("Hello Bob, is this thing on?");
    bob.seesInList("Ada Lovelace", "Hello Bob, is this thing on?");
    bob.seesUnread("Ada Lovelace", 1);
    ada.seesOwn("Hello Bob, is this thing on?", "delivered");
    ada.seesTickLabel("Hello Bob, is this thing on?", "Delivered");

    bob.opens("Ada Lovelace");
    bob.seesUnread("Ada Lovelace", 0);
    ada.seesOwn("Hello Bob, is this thing on?", "read");
    ada.seesTickLabel("Hello Bob, is this thing on?", "Read");

    ada.seesUnderTheName("online");
    bob.types("Loud and");
    ada.seesUnderTheName("typing…");
    bob.types(" clear.");
    bob.page().locator("#send").click();
    bob.seesOwn("Loud and clear.", "read");
    ada.seesWhoHas(
        "Hello Bob, is this thing on?", "Read by", "Bob Kahn", "Delivered to 1 of 1 device.");
    ada.writes("<b>Plain</b> text only, please.");
    String[] talk = {
      "Hello Bob, is this thing on?", "Loud and clear.", "<b>Plain</b> text only, please."
    };
    ada.seesExactly(talk);
    bob.seesExactly(talk);
    ada.screenshot("chat-ada");
    bob.screenshot("chat-bob");
  }

  @Test
  void newsIsReadWhereItIsLookedAtAndMarkedForWhoComesBack() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before", "read");
    Page page = bob.page();
    Person.looksAt(page, false);
    ada.writes("bob looks elsewhere");
    bob.seesUnread("Ada Lovelace", 1);
    ada.seesOwn("bob looks elsewhere", "delivered");
    Person.looksAt(page, true);
    ada.seesOwn("bob looks elsewhere", "read");
    bob.seesUnread("Ada Lovelace", 0);
    bob.seesNewsFrom(2);

    Person.looksAt(page, false);
    sendMany(ada, SOME);
    bob.seesUnread("Ada Lovelace", SOME);
    Person.looksAt(page, true);
    bob.seesUnread("Ada Lovelace", 0);
    bob.writes("his own is no news");
    bob.seesOwn("his own is no news", "read");
    Locator unread = page.locator("#to-unread");
    assertThat(unread).hasText("↑ " + SOME + " new messages");
    unread.click();
    bob.seesNewsFrom(3);
    assertThat(page.locator("#messages .message[data-seq='3']")).isFocused();

    ada.writes("further down than he looks");
    bob.seesUnread("Ada Lovelace", 1);
    ada.seesOwn("further down than he looks", "delivered");
    page.locator("#to-newest").click();
    ada.seesOwn("further down than he looks", "read");
    assertThat(page.locator("#to-newest")).isHidden();
    assertThat(unread).isHidden();
  }

  @Test
  void whatComesLiveInTheOpenConversationIsReadOut() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    bob.seesExactly("before");
    assertThat(bob.page().locator("#scroller")).hasAttribute("aria-live", "off");
    Locator said = bob.page().locator("#said");
    assertThat(said).hasText("");
    ada.writes("**news**");
    assertThat(said).hasText("Ada Lovelace: news");
    bob.writes("an answer");
    bob.seesOwn("an answer", "read");
    assertThat(said).hasText("Ada Lovelace: news");
    bob.createsGroup("Elsewhere", ada);
    assertThat(said).hasText("");
    ada.writes("not where bob is");
    bob.seesInList("Ada Lovelace", "not where bob is");
    assertThat(said).hasText("");
  }

  @Test
  void aDraftKeepsWhatItAnswersAndIsOneInAllTabs() {
    ada.startsDmWith(bob);
    ada.writes("How about lunch?");
    bob.opens("Ada Lovelace");
    bob.beginsReply("How about lunch?");
    bob.types("Yes");
    bob.reload();
    bob.hasTyped("Yes");
    assertThat(bob.page().locator("#reply-text")).hasText("How about lunch?");

    Page first = bob.opensSecondTab();
    bob.seesConnection("online");
    bob.opens("Ada Lovelace");
    bob.hasTyped("Yes");
    bob.page().locator("#send").click();
    assertThat(bob.page().locator("#text")).isFocused();
    bob.seesReplyTo("Yes", "How about lunch?");
    bob.turnsTo(first);
    bob.hasTyped("");
    assertThat(first.locator("#reply")).isHidden();

    first.evaluate(KEEP_DRAFT, "Coffee");
    bob.reload();
    bob.hasTyped("Coffee");
  }

  @Test
  void onAPhoneEnterIsANewLineAndTheWayBackIsTheWayOneCame() {
    ada.startsDmWith(bob);
    ada.writes("before");
    try (Person phone = Stage.phone(bob, "Bob Kahn")) {
      Page page = phone.page();
      phone.opens("Ada Lovelace");
      Locator title = page.locator("#open-title");
      assertThat(title).isFocused();
      Locator field = page.locator("#text");
      assertThat(field).hasAttribute("enterkeyhint", "enter");
      field.tap();
      page.keyboard().type("on two");
      page.keyboard().press("Enter");
      page.keyboard().type("lines");
      assertThat(field).hasValue("on two\nlines");
      page.locator("#send").tap();
      ada.seesExactly("before", "on two lines");
      assertThat(field).isFocused();
      phone.screenshot("phone");

      page.locator("#back").tap();
      assertThat(page.locator("#open")).isHidden();
      assertThat(phone.inList("Ada Lovelace")).isFocused();
      page.goForward(); // there is where one was, since back went back
      assertThat(title).isFocused();
      assertThat(phone.faults()).isEmpty();
    }
  }

  @Test
  void whoHasNoTabInSightIsAway() {
    ada.startsDmWith(bob);
    ada.seesUnderTheName("online");
    Page first = bob.opensSecondTab();
    bob.seesConnection("online");
    List<Page> tabs = List.of(first, bob.page());
    for (Page tab : tabs) {
      Person.hastens(tab);
      Person.shows(tab, false);
    }
    ada.seesUnderTheName("away");
    assertThat(ada.inList("Bob Kahn").locator(".presence.away")).isVisible();
    ada.screenshot("away");
    // The one that has no connection of its own: all others hear of it.
    Person.shows(bob.page(), true);
    ada.seesUnderTheName("online");
    assertThat(ada.inList("Bob Kahn").locator(".presence.away")).hasCount(0);
  }

  @Test
  void membersAreShownAsTheyAreAndCanBeWrittenTo() {
    ada.createsGroup("Analytical Engine", bob);
    Page page = ada.page();
    page.locator("#show-people").click();
    Locator row = page.locator("#people .result", new Page.LocatorOptions().setHasText("Bob Kahn"));
    assertThat(row.locator(".muted")).hasText("@" + bob.handle() + " · member");
    assertThat(row.locator(".presence")).hasAttribute("aria-label", "online");
    Locator message = row.locator("[aria-label='Message Bob Kahn']");
    message.focus();
    ParleyApi api = Stage.clients().api().as(anotherSession(ada));
    String bobsId = anotherSession(bob).userId();
    Await.join(api.putMember(ada.openConversation(), bobsId, "admin"));
    assertThat(row.locator(".muted")).hasText("@" + bob.handle() + " · admin");
    assertThat(message).isFocused();
    ada.screenshot("members");
    message.click();
    assertThat(page.locator("#people-dialog")).isHidden();
    assertThat(page.locator("#open-title")).hasText("Bob Kahn");
    assertThat(page.locator("#text")).isFocused();
  }

  @Test
  void aDialogGoesWithTheConversationThatItIsAbout() {
    ada.createsGroup("Analytical Engine", bob);
    ada.startsDmWith(bob);
    assertThat(ada.page().locator("#open-title")).hasText("Bob Kahn");
    Page page = ada.page();
    page.locator("#show-menu").click();
    assertThat(page.locator("#menu-dialog")).isVisible();
    page.goBack();
    assertThat(page.locator("#open-title")).hasText("Analytical Engine");
    assertThat(page.locator("dialog[open]")).hasCount(0);
    assertThat(page.locator("#open-title")).isFocused();
    page.keyboard().press("Escape");
    assertThat(page.locator("#open")).isHidden();
    assertThat(ada.inList("Analytical Engine")).isFocused();
  }

  @Test
  void whoKeepsPresenceAndReceiptsPrivateIsNotSeen() {
    ada.startsDmWith(bob);
    ada.writes("Are you there?");
    bob.opens("Ada Lovelace");
    ada.seesOwn("Are you there?", "read");
    ada.seesUnderTheName("online");
    bob.showsPresenceTo("nobody");
    ada.seesNotUnderTheName("online");
    bob.keepsReceiptsHere("private");
    ada.writes("And now?");
    bob.seesExactly("Are you there?", "And now?");
    ada.seesWhoHas("And now?", "Keep their receipts private", "Bob Kahn", "");
    bob.keepsReceiptsHere("shown");
    ada.writes("Thank you");
    ada.seesOwn("Thank you", "read");
    bob.showsPresenceTo("shared");
    ada.seesUnderTheName("online");
  }

  /** As the SDK's README says. */
  @Test
  void theSdksExampleIsAChat() {
    ada.startsDmWith(bob);
    ada.writes("from the page");
    bob.opens("Ada Lovelace");
    bob.seesExactly("from the page");
    Page example = Stage.browser().newPage();
    example.navigate(Stage.server().httpUrl() + "/sdk/example.html");
    example.locator("#handle").fill(ada.handle());
    example.locator("#password").fill(Person.PASSWORD);
    example.getByText("Sign in").click();
    assertThat(example.locator("#state")).hasText("online, 0 waiting");
    example.locator("#text").fill("from the example");
    example.getByText("Send").click();
    bob.seesExactly("from the page", "from the example");
    bob.writes("to the example");
    assertThat(example.locator("#messages li"))
        .hasText(new String[] {"I: from the example", "They: to the example"});
    ada.seesExactly("from the page", "from the example", "to the example");
    example.close();
  }

  @Test
  void messagesAreReactedToEditedAndDeleted() {
    ada.startsDmWith(bob);
    ada.writes("Teh first");
    ada.writes("A slip");
    bob.opens("Ada Lovelace");
    bob.seesExactly("Teh first", "A slip");
    bob.likes("Teh first");
    ada.seesReaction("Teh first", "👍 1");
    bob.replies("Teh first", "What is teh?");
    ada.seesReplyTo("What is teh?", "Teh first");

    ada.edits("Teh first", "The first");
    ada.deletes("A slip");

    for (Person person : new Person[] {ada, bob}) {
      person.seesExactly("The first", "This message was deleted", "What is teh?");
      person.seesEdited("The first");
      person.seesReaction("The first", "👍 1");
    }
    bob.likes("The first");
    ada.seesNoReaction("The first");
    bob.reload();
    bob.seesExactly("The first", "This message was deleted", "What is teh?");
    bob.seesReplyTo("What is teh?", "The first");
  }

  @Test
  void whatWasTypedOfflineSurvivesAReloadAndArrivesOnce() {
    ada.startsDmWith(bob);
    ada.writes("before the tunnel");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before the tunnel", "read");

    ada.offline(true);
    ada.seesNoConnection();
    ada.writes("typed in the tunnel");
    ada.seesOwn("typed in the tunnel", "pending");
    ada.isToldOfWaiting("1 message waiting");
    ada.screenshot("offline");
    ada.page().setViewportSize(320, 720);
    ada.isToldOfWaiting("1 message waiting");
    ada.screenshot("offline-320");
    ada.closePage();
    ada.offline(false);
    ada.openPage();
    ada.opens("Bob Kahn");
    ada.seesOwn("typed in the tunnel", "read");
    String[] talk = {"before the tunnel", "typed in the tunnel"};
    ada.seesExactly(talk);
    bob.seesExactly(talk);
  }

  @Test
  void whatAnotherDeviceReadAndMutedMeanwhileIsSoAfterAReconnect() {
    ada.startsDmWith(bob);
    ada.writes("before the tunnel");
    bob.seesUnread("Ada Lovelace", 1);
    try (Person bobsPhone = Stage.anotherDevice(bob, "Bob Kahn")) {
      bob.offline(true);
      bob.seesNoConnection();
      bobsPhone.opens("Ada Lovelace");
      ada.seesOwn("before the tunnel", "read");
      bobsPhone.mutes();
      bob.offline(false);
      bob.seesUnread("Ada Lovelace", 0);
      bob.seesMuted("Ada Lovelace");
      assertThat(bobsPhone.faults()).isEmpty();
    }
  }

  @Test
  void whoChangesTheirPasswordIsOutOnTheOtherDevice() {
    try (Person bobsPhone = Stage.anotherDevice(bob, "Bob Kahn")) {
      bob.changesPassword("not his at all", "another battery staple");
      bob.seesOfThePassword("the current password is wrong");
      bob.changesPassword(Person.PASSWORD, "short");
      bob.seesOfThePassword("The new password needs at least 8 characters.");
      bob.changesPassword(Person.PASSWORD, "another battery staple");
      bob.isToldThatThePasswordIsChanged();

      bobsPhone.signsInAgain("another battery staple");
      bob.seesConnection("online");
    }
  }

  @Test
  void aSecondTabIsToldWhatTheFirstHasMuted() {
    ada.startsDmWith(bob);
    ada.writes("Hello");
    bob.opens("Ada Lovelace");
    Page first = bob.opensSecondTab();
    bob.seesConnection("online");
    Page second = bob.page();
    bob.turnsTo(first);
    bob.mutes();
    bob.turnsTo(second);
    bob.seesMuted("Ada Lovelace");
  }

  @Test
  void aTextThatIsTooLongIsRefusedAndTheConnectionStays() {
    ada.startsDmWith(bob);
    ada.writes("short");
    bob.opens("Ada Lovelace");
    ada.seesOwn("short", "read");
    ada.opensEditor("short");
    ada.savesEdit("x".repeat(70_000));
    assertThat(ada.page().locator("#toasts"))
        .containsText("That is too long: a message holds 16 KiB of text.");
    ada.savesEdit("shorter");
    bob.seesExactly("shorter");
    assertThat(ada.page().evaluate(TOO_LONG, List.of(ada.handle(), Person.PASSWORD)))
        .isEqualTo(List.of("payload_too_large", "not_found", "online", 1));
  }

  @Test
  void fiveHundredMissedMessagesAreCountedFoundAndInOrder() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before", "read");
    bob.closePage();
    sendMany(ada, MANY - 1);
    ada.jumpsTo("first");
    ada.replies("before", "That was a lot");

    bob.openPage();
    bob.seesUnread("Ada Lovelace", MANY);
    bob.screenshot("missed-list");
    bob.opens("Ada Lovelace");
    bob.seesUnread("Ada Lovelace", 0);
    Page page = bob.page();
    assertThat(page.locator("#to-unread").textContent()).contains(MANY + " new messages");
    bob.seesReplyTo("That was a lot", "before");
    ada.jumpsTo("first");
    ada.edits("before", "earlier");
    bob.seesReplyTo("That was a lot", "earlier");
    page.locator("#to-unread").click();
    page.locator("#messages .line.new").waitFor();
    bob.screenshot("missed-open");
    page.locator("#messages .message[data-seq='1']").waitFor();
    page.locator("#to-newest").click();
    page.locator("#messages .message[data-seq='" + (MANY + 1) + "']").waitFor();
    seesAllBetween(bob, Optional.empty(), Optional.of(MANY + 1));

    bob.jumpsTo("first");
    assertThat(page.locator("#messages .message[data-seq='1']")).isFocused();
    seesAllBetween(bob, Optional.of(1), Optional.empty());
    bob.writes("written from the beginning");
    page.locator("#messages .message[data-seq='" + (MANY + 2) + "']").waitFor();
    bob.jumpsTo("unread");
    assertThat(page.locator("#messages .message[data-seq='2']")).isFocused();
    bob.jumpsToDay(LocalDate.now().minusDays(1));
    assertThat(page.locator("#messages .message[data-seq='1']")).isFocused();
  }

  @Test
  void whoIsOfflineForMoreThanTheServerStreamsStillSeesAllOfIt() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before", "read");
    bob.offline(true);
    bob.seesNoConnection();
    sendMany(ada, MANY + 20);
    bob.offline(false);
    bob.seesConnection("online");
    bob.page().locator("#messages .message[data-seq='" + (MANY + 21) + "']").waitFor();
    seesAllBetween(bob, Optional.empty(), Optional.of(MANY + 21));
    bob.jumpsTo("first");
    seesAllBetween(bob, Optional.of(1), Optional.empty());
  }

  /** Rows come in some a frame: soon they end where they should, and none is missing between. */
  private static void seesAllBetween(Person who, Optional<Integer> first, Optional<Integer> last) {
    Awaitility.await()
        .atMost(Await.PATIENCE_SECONDS, TimeUnit.SECONDS)
        .pollInSameThread()
        .untilAsserted(
            () -> {
              List<Integer> shown = who.shownSeqs();
              int from = first.orElse(shown.get(0));
              int to = last.orElse(shown.get(shown.size() - 1));
              assertThat(shown).isEqualTo(IntStream.rangeClosed(from, to).boxed().toList());
            });
  }

  /** From another device of the same person, many at a time: one after the other takes a minute. */
  private static void sendMany(Person from, int count) {
    ClientGroup group = Stage.clients();
    Session session = anotherSession(from);
    ChatClient client = group.connect(new Credentials(group.api(), session), Observer.NONE);
    Await.join(client.ready());
    String conversation = from.openConversation();
    Await.join(
        Future.all(
            IntStream.rangeClosed(1, count)
                .mapToObj(number -> client.send(conversation, "number " + number))
                .toList()));
    Await.join(client.close());
  }

  private static Session anotherSession(Person person) {
    return Await.join(
        Stage.clients().api().createSession(person.handle(), Person.PASSWORD, "many", null));
  }

  @Test
  void messagesThatDoNotComeAreAskedForAgainAndWhatIsSentMeanwhileStays() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.seesInList("Ada Lovelace", "before");
    Page page = bob.page();
    AtomicInteger asked = new AtomicInteger();
    // After the first refusal only the button asks, after the second the page does by itself.
    page.route(
        PAGE_OF_MESSAGES,
        route -> refuse(route, asked.getAndIncrement() == 0 ? AN_HOUR_MS : A_SECOND_MS),
        new Page.RouteOptions().setTimes(2));
    bob.opens("Ada Lovelace");
    Locator tryAgain = page.locator("#history-state button");
    assertThat(tryAgain).isVisible();
    bob.writes("sent meanwhile");
    bob.seesOwn("sent meanwhile", "read");
    ada.writes("answered meanwhile");
    bob.seesExactly("sent meanwhile", "answered meanwhile");
    bob.screenshot("messages-missing");
    page.waitForResponse(PAGE_OF_MESSAGES, () -> tryAgain.press("Enter"));
    assertThat(tryAgain).isFocused();

    bob.seesExactly("before", "sent meanwhile", "answered meanwhile");
    assertThat(tryAgain).isHidden();
    assertThat(page.locator("#scroller")).isFocused();
  }

  private static void refuse(Route route, int retryAfterMs) {
    JsonObject problem =
        new JsonObject()
            .put("status", 503)
            .put("code", "overloaded")
            .put("detail", "the server has too much to do")
            .put("retryable", true)
            .put("retryAfterMs", retryAfterMs);
    route.fulfill(
        new Route.FulfillOptions()
            .setStatus(503)
            .setContentType("application/problem+json")
            .setBody(problem.encode()));
  }

  @Test
  void aConversationFarDownTheListIsOpenedByItsAddress() {
    String oldest = makeRooms();
    Page page = ada.page();
    // What this device has not heard of is told to the next page, which then knows it by that.
    assertThat(page.locator("#conversations li").first())
        .hasAttribute("aria-setsize", Integer.toString(ROOMS));
    page.locator("#search").fill("The oldest room");
    ada.opens("The oldest room");
    ada.reload();
    Locator title = page.locator("#open-title");
    assertThat(title).hasText("The oldest room");

    Pattern itself = Pattern.compile("/v1/conversations/" + oldest + "$");
    List<Route> held = new ArrayList<>();
    page.route(itself, held::add);
    ada.reload();
    page.waitForCondition(() -> !held.isEmpty());
    assertThat(page.locator("#nothing-open p")).hasText("Loading…");
    String other = page.locator("#conversations .name").first().textContent();
    ada.opens(other);
    page.unroute(itself);
    page.waitForResponse(itself, () -> held.forEach(Route::resume));
    ada.writes("not taken away");
    ada.seesOwn("not taken away", "delivered");
    assertThat(title).hasText(other);
    page.goBack();
    assertThat(title).hasText("The oldest room");

    page.evaluate("location.hash = '#/c/nobody-has-this'");
    assertThat(page.locator("#nothing-open p"))
        .hasText("There is no such conversation, or it is not yours.");
    assertThat(page).hasURL(Pattern.compile("#/c/nobody-has-this$"));
    ada.screenshot("no-such-conversation");
    ada.opens(other);
  }

  /** Groups of the two, made at another device; the id of the one that is the last in the list. */
  private String makeRooms() {
    ParleyApi api = Stage.clients().api().as(anotherSession(ada));
    List<String> others = List.of(anotherSession(bob).userId());
    String oldest = Await.join(api.createGroup("The oldest room", others)).conversationId();
    Await.join(
        Future.all(
            IntStream.range(1, ROOMS)
                .mapToObj(number -> api.createGroup("Room " + number, others))
                .toList()));
    return oldest;
  }

  @Test
  void aKilledServerComesBackAndNothingIsLostOrDoubled() {
    ada.startsDmWith(bob);
    ada.writes("before the crash");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before the crash", "read");
    bob.types("half a sent");

    Stage.server().kill();
    ada.seesNoConnection();
    ada.writes("typed while the server was down");
    ada.seesOwn("typed while the server was down", "pending");
    ada.isToldOfWaiting("1 message waiting");
    bob.types("ence");
    ada.screenshot("server-down");

    Stage.server().restart();
    ada.seesConnection("online");
    bob.seesConnection("online");
    ada.seesOwn("typed while the server was down", "read");
    bob.hasTyped("half a sentence");
    bob.page().locator("#send").click();
    String[] talk = {"before the crash", "typed while the server was down", "half a sentence"};
    ada.seesExactly(talk);
    bob.seesExactly(talk);
    ada.reload();
    ada.seesExactly(talk);
  }

  @Test
  void twoTabsShareOneConnectionOneNotifiesAndTheSecondTakesOver() {
    ada.startsDmWith(bob);
    ada.writes("from the first tab");
    bob.opens("Ada Lovelace");
    ada.notesNotifications();
    Sockets sockets = new Sockets();
    Page first = ada.page();
    sockets.count(first);
    ada.reload();
    ada.seesConnection("online");
    ada.opensSecondTab();
    Page second = ada.page();
    sockets.count(second);
    ada.seesConnection("online");
    ada.opens("Bob Kahn");
    ada.writes("from the second tab");
    bob.seesExactly("from the first tab", "from the second tab");
    bob.types("to ");
    ada.seesUnderTheName("typing…");
    ada.turnsTo(first);
    ada.opens("Bob Kahn");
    bob.types("bo");
    ada.seesUnderTheName("typing…");
    ada.turnsTo(second);
    ada.types("now I");
    bob.seesUnderTheName("typing…");
    bob.types("th");
    bob.page().locator("#send").click();
    for (Page tab : List.of(first, second)) {
      ada.turnsTo(tab);
      ada.seesExactly("from the first tab", "from the second tab", "to both");
    }
    assertThat(Person.notified(first)).isEqualTo(List.of("Bob Kahn: to both"));
    assertThat(Person.notified(second)).isEqualTo(List.of());

    Person.looksAt(second, true);
    bob.writes("ada looks at the second tab");
    for (Page tab : List.of(first, second)) {
      ada.turnsTo(tab);
      ada.seesExactly(
          "from the first tab", "from the second tab", "to both", "ada looks at the second tab");
    }
    assertThat(Person.notified(first)).hasSize(1);
    assertThat(sockets.opened()).isEqualTo(1);
    Person.looksAt(second, false);
    first.close();
    bob.writes("to the one that is left");
    ada.seesInList("Bob Kahn", "to the one that is left");
    ada.writes("still here");
    ada.seesOwn("still here", "read");
    assertThat(Person.notified(second)).isEqualTo(List.of("Bob Kahn: to the one that is left"));
    assertThat(sockets.opened()).isEqualTo(2);
  }

  @Test
  void aBreakOfTheConnectionMissesNoNotificationAndALongAbsenceNotifiesOfNothing() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    ada.notesNotifications();
    ada.reload();
    ada.seesConnection("online");
    ada.offline(true);
    ada.seesNoConnection();
    bob.writes("while the connection was gone");
    bob.seesOwn("while the connection was gone", "sent");
    ada.offline(false);
    ada.seesInList("Bob Kahn", "while the connection was gone");
    List<String> news = List.of("Bob Kahn: while the connection was gone");
    assertThat(Person.notified(ada.page())).isEqualTo(news);

    ada.offline(true);
    ada.seesNoConnection();
    bob.writes("an hour ago");
    bob.seesOwn("an hour ago", "sent");
    ada.page().evaluate("{ const now = Date.now; Date.now = () => now() + 3_600_000; }");
    ada.offline(false);
    ada.seesInList("Bob Kahn", "an hour ago");
    assertThat(Person.notified(ada.page())).isEqualTo(news);
  }

  @Test
  void aGroupTalksUnderItsTitle() {
    ada.createsGroup("Analytical Engine", bob);
    // The name is followed by more: at the end Enter takes the offered mention instead of sending.
    ada.writes("@" + bob.handle() + " is here");
    bob.seesMentions("Analytical Engine", 1);
    ada.writes("Welcome everybody");
    bob.seesInList("Analytical Engine", "Ada Lovelace: Welcome everybody");
    bob.seesUnread("Analytical Engine", 2);
    bob.reload();
    bob.seesMentions("Analytical Engine", 1);
    bob.opens("Analytical Engine");
    bob.seesMentions("Analytical Engine", 0);
    bob.seesSender("Welcome everybody", "Ada Lovelace");
    assertThat(bob.message("Welcome everybody").locator(".sender"))
        .hasAttribute("title", "@" + ada.handle());
    ada.seesOwn("Welcome everybody", "read");
    bob.screenshot("group");
  }

  @Test
  void aChannelIsFoundJoinedAndLeftAndWhoIsRemovedIsToldSo() {
    ada.createsChannel("Tea and engines");
    ada.writes("Who likes tea?");
    bob.findsAndJoins("engi te", "Tea and engines");
    bob.seesExactly("Who likes tea?");
    ada.seesNotice("Bob Kahn joined");
    bob.writes("I do");
    ada.seesExactly("Who likes tea?", "I do");
    bob.screenshot("channel");
    bob.leaves();
    ada.seesNotice("Bob Kahn left");

    bob.findsAndJoins("tea", "Tea and engines");
    ada.calls("Coffee and engines", "On Fridays");
    assertThat(bob.page().locator("#open-title")).hasText("Coffee and engines");
    ada.removes("Bob Kahn");
    bob.seesNotice("Ada Lovelace removed Bob Kahn");
    bob.screenshot("channel-removed");
    bob.mayNotWrite();
  }

  @Test
  void aChannelThatWasLeftIsJoinedAgainInItsPlaceOrByItsAddress() {
    ada.createsChannel("Chess and clocks");
    ada.calls("Chess and clocks", "On Fridays");
    bob.findsAndJoins("clo chess", "Chess and clocks");
    bob.leaves();
    Page page = bob.page();
    assertThat(bob.inList("Chess and clocks")).isVisible();
    bob.screenshot("channel-left");
    page.locator("#rejoin").click();
    assertThat(page.locator("#text")).isFocused();
    bob.writes("Back again");
    ada.seesExactly("Back again");
    bob.leaves();
    assertThat(page.locator("dialog[open]")).hasCount(0);
    page.keyboard().press("Escape");
    assertThat(page.locator("#open")).isHidden();
    assertThat(bob.inList("Chess and clocks")).hasCount(0);

    page.goBack();
    assertThat(page.locator("#join-title")).hasText("Chess and clocks");
    assertThat(page.locator("#join-topic")).hasText("On Fridays");
    assertThat(page.locator("#join-members")).hasText(Pattern.compile("^\\d members?$"));
    bob.screenshot("channel-by-address");
    page.locator("#join").click();
    assertThat(page.locator("#open-title")).hasText("Chess and clocks");
    assertThat(page.locator("#text")).isFocused();
    bob.seesExactly("Back again");
  }

  @Test
  void moreChannelsThanAPageAreShownByAButton() {
    ParleyApi api = Stage.clients().api().as(anotherSession(ada));
    String word = "zz" + ada.handle();
    Await.join(
        Future.all(
            IntStream.rangeClosed(1, CHANNELS)
                .mapToObj(number -> api.createChannel(word + " " + number))
                .toList()));
    Page page = ada.page();
    page.locator("#find-channel").click();
    page.waitForResponse(
        response -> response.url().contains("query=" + word),
        () -> page.locator("#channel-search").fill(word));
    Locator found = page.locator("#channel-results .result");
    assertThat(found.first()).containsText(word);
    assertThat(found).hasCount(CHANNELS - 1);
    page.locator("#channel-more").click();
    assertThat(found).hasCount(CHANNELS);
    assertThat(found.last()).isFocused();
    assertThat(page.locator("#channel-more")).isHidden();
  }
}

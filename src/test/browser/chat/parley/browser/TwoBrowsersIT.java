package chat.parley.browser;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.ParleyServer;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two people in two real browsers talk through a running server: the promise of the README, seen
 * from outside.
 */
class TwoBrowsersIT {
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
  private static Playwright playwright;
  private static Browser browser;
  private static int round;

  private Person ada;
  private Person bob;

  @BeforeAll
  static void startServerAndBrowser() {
    server = ParleyServer.embedded();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    BrowserType.LaunchOptions options =
        new BrowserType.LaunchOptions()
            .setExecutablePath(Path.of("/usr/bin/chromium"))
            .setArgs(FLAGS);
    browser = playwright.chromium().launch(options);
  }

  @AfterAll
  static void stopServerAndBrowser() {
    if (playwright != null) {
      playwright.close();
    }
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void twoPeopleRegister() {
    round++;
    ada = Person.register(browser, server.httpUrl(), "ada" + round, "Ada Lovelace");
    bob = Person.register(browser, server.httpUrl(), "bob" + round, "Bob Kahn");
  }

  @AfterEach
  void theyLeaveWithoutAFaultOnTheirPages() {
    List<String> faults = Stream.of(ada, bob).flatMap(person -> person.faults().stream()).toList();
    ada.close();
    bob.close();
    assertThat(faults).isEmpty();
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

    bob.writes("Loud and clear.");
    bob.seesOwn("Loud and clear.", "read");
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
  void messagesAreReactedToEditedAndDeleted() {
    ada.startsDmWith(bob);
    ada.writes("Teh first");
    ada.writes("A slip");
    bob.opens("Ada Lovelace");
    bob.seesExactly("Teh first", "A slip");
    bob.likes("Teh first");
    ada.seesReaction("Teh first", "👍 1");

    ada.edits("Teh first", "The first");
    ada.deletes("A slip");

    for (Person person : new Person[] {ada, bob}) {
      person.seesExactly("The first", "This message was deleted");
      person.seesEdited("The first");
      person.seesReaction("The first", "👍 1");
    }
    bob.seesInList("Ada Lovelace", "message deleted");
    bob.likes("The first");
    ada.seesNoReaction("The first");
    bob.reload();
    bob.seesExactly("The first", "This message was deleted");
  }

  @Test
  void whatWasMissedIsThereOnceAndInOrder() {
    ada.startsDmWith(bob);
    ada.writes("before");
    bob.opens("Ada Lovelace");
    bob.seesExactly("before");
    ada.seesOwn("before", "read");
    bob.closePage();

    ada.writes("one");
    ada.writes("two");
    ada.writes("three");
    ada.seesOwn("three", "sent");

    bob.openPage();
    bob.seesUnread("Ada Lovelace", 3);
    bob.screenshot("missed-list");
    ada.seesOwn("three", "delivered");
    bob.opens("Ada Lovelace");
    bob.seesExactly("before", "one", "two", "three");
    ada.seesOwn("three", "read");
    bob.reload();
    bob.seesExactly("before", "one", "two", "three");
    bob.screenshot("missed-open");
  }

  @Test
  void aKilledServerComesBackAndNothingIsLostOrDoubled() {
    ada.startsDmWith(bob);
    ada.writes("before the crash");
    bob.opens("Ada Lovelace");
    ada.seesOwn("before the crash", "read");

    server.kill();
    ada.seesNoConnection();
    ada.writes("typed while the server was down");
    ada.seesOwn("typed while the server was down", "pending");
    ada.screenshot("server-down");

    server.restart();
    ada.seesConnection("online");
    bob.seesConnection("online");
    ada.seesOwn("typed while the server was down", "read");
    bob.writes("still here");
    String[] talk = {"before the crash", "typed while the server was down", "still here"};
    ada.seesExactly(talk);
    bob.seesExactly(talk);
    ada.reload();
    ada.seesExactly(talk);
    ada.screenshot("server-back");
  }

  @Test
  void aGroupTalksUnderItsTitle() {
    ada.createsGroup("Analytical Engine", bob);
    ada.writes("Welcome everybody");
    bob.seesInList("Analytical Engine", "Ada Lovelace: Welcome everybody");
    bob.opens("Analytical Engine");
    bob.seesSender("Welcome everybody", "Ada Lovelace");
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
    ada.removes("Bob Kahn");
    bob.seesNotice("Ada Lovelace removed Bob Kahn");
    bob.screenshot("channel-removed");
    bob.mayNotWrite();
  }
}

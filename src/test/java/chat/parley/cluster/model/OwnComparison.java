package chat.parley.cluster.model;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Change;
import chat.parley.client.ParleyApi;
import chat.parley.client.SyncPage;
import chat.parley.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/**
 * Holds what the server says of a user's own, and of how far others are, against the model and what
 * each person has done: on both of their devices, which are at different nodes or not.
 */
final class OwnComparison {
  private static final int PAGE = 100;
  private static final Duration SOON = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);

  /** From a set of this size on receipts may be counted and no more. */
  private static final int SURELY_SMALL = ModelIT.LARGE_ABOVE;

  private final World world;

  OwnComparison(World world) {
    this.world = world;
  }

  void run() {
    for (Person person : world.people()) {
      person.devices.forEach(device -> inbox(device, person));
      syncedReceipts(person);
    }
    world.conversations().forEach(conversation -> receipts(world.model(conversation)));
    world.people().forEach(this::devicesAgree);
    world.people().forEach(this::toldOfOthers);
  }

  private List<Model> modelsOf(Person person) {
    return world.conversations().stream()
        .map(world::model)
        .filter(model -> model.members().containsKey(person.userId))
        .toList();
  }

  // --- The inbox ---------------------------------------------------------------------------------

  private void inbox(Device device, Person person) {
    JsonObject inbox = Await.join(device.api().inbox(null, PAGE));
    assertThat(inbox.getJsonArray("items")).hasSameSizeAs(modelsOf(person));
    for (Model model : modelsOf(person)) {
      JsonObject line = Person.line(inbox, model.conversation);
      assertThat(line).as("the line of %s", model.conversation).isNotNull();
      isAsIn(line, model, person);
    }
  }

  private static void isAsIn(JsonObject line, Model model, Person person) {
    assertThat(line.getLong("headSeq")).isEqualTo(model.headSeq());
    assertThat(line.getLong("headChangeSeq")).isEqualTo(model.head());
    List<Msg> readable = model.messages(model.readableBy(person.userId));
    JsonObject last = line.getJsonObject("lastMessage");
    if (readable.isEmpty()) {
      assertThat(last).isNull();
    } else {
      Msg expected = readable.get(readable.size() - 1);
      assertThat(last.getString("messageId")).isEqualTo(expected.id);
      JsonObject whole = new JsonObject().put("type", Change.MESSAGE_NEW);
      whole.put("changeSeq", expected.number).put("seq", expected.seq).put("message", last);
      Comparison.isLatest(Change.parse(whole).message(), model, model.head());
    }
    stateIsAsIn(line, model, person);
  }

  /** What the list says of a line, and {@code inbox.updated} too. */
  private static void stateIsAsIn(JsonObject state, Model model, Person person) {
    Own own = person.own(model.conversation);
    own.mustBeIn(state);
    long readSeq = state.getLong("readSeq");
    assertThat(state.getLong("unread"))
        .as("unread in %s", state)
        .isEqualTo(model.unread(person.userId, readSeq));
    assertThat(state.getLong("mentions"))
        .as("mentions in %s", state)
        .isEqualTo(model.mentions(person.userId, readSeq));
    if (!own.archived || own.muted || model.headSeq() <= own.archivedAfter) {
      assertThat(state.getBoolean("archived")).as("%s", state).isEqualTo(own.archived);
    } else if (model.headSeq() > own.archivedBefore) {
      assertThat(state.getBoolean("archived")).as("%s", state).isFalse();
    }
  }

  // --- How far the others are --------------------------------------------------------------------

  private void syncedReceipts(Person asker) {
    ParleyApi fresh = world.freshDevice(asker).api();
    String cursor = null;
    SyncPage page;
    do {
      page = Await.join(fresh.sync(cursor, PAGE, 0));
      page.receipts().forEach(receipt -> syncedReceiptIsRight(receipt, asker));
      cursor = page.cursor();
    } while (page.hasMore());
  }

  private void syncedReceiptIsRight(JsonObject receipt, Person asker) {
    Person of = person(receipt.getString("userId"));
    Own own = of.own(receipt.getString("conversationId"));
    assertThat(receipt.getLong("readSeq")).isBetween(own.readAtLeast, own.readAtMost);
    assertThat(of == asker || own.privateReceipts == null)
        .as("a private receipt is told: %s", receipt)
        .isTrue();
  }

  private Person person(String userId) {
    return world.people().stream()
        .filter(one -> one.userId.equals(userId))
        .findFirst()
        .orElseThrow();
  }

  private void receipts(Model model) {
    Map<String, Long> reads = new HashMap<>();
    for (String user : model.members().keySet()) {
      JsonObject inbox = Await.join(person(user).devices.get(0).api().inbox(null, PAGE));
      reads.put(user, Person.line(inbox, model.conversation).getLong("readSeq"));
    }
    for (String user : model.members().keySet()) {
      Awaitility.await("the receipts of " + model.conversation)
          .atMost(PATIENCE)
          .pollInterval(SOON)
          .untilAsserted(() -> receipts(model, person(user), reads));
    }
  }

  /** Only in small conversations does the server say who. */
  private void receipts(Model model, Person asker, Map<String, Long> reads) {
    JsonObject told =
        Await.join(
            asker.devices.get(0).api().receipts(model.conversation, Math.max(1, model.headSeq())));
    if (model.wasLargerThan(SURELY_SMALL)) {
      return;
    }
    Map<String, Long> shown = new HashMap<>();
    for (JsonObject item : objects(told, "items")) {
      shown.put(item.getString("userId"), item.getLong("readSeq"));
      // Both devices are there, so they have it all.
      assertThat(item.getLong("deliveredSeq")).as("%s", told).isEqualTo(model.headSeq());
    }
    Map<String, Long> expected = new HashMap<>(reads);
    expected.remove(asker.userId);
    expected
        .keySet()
        .removeIf(user -> person(user).own(model.conversation).privateReceipts != null);
    assertThat(shown).isEqualTo(expected);
  }

  // --- One's own devices -------------------------------------------------------------------------

  /** Of what one of a person's devices does now the other one is told, all of it. */
  private void devicesAgree(Person person) {
    ParleyApi here = person.devices.get(0).api();
    for (Model model : modelsOf(person)) {
      Own own = person.own(model.conversation);
      own.pinned = 77;
      JsonObject pin = new JsonObject().put("pinnedRank", own.pinned);
      Await.join(here.changeSettings(model.conversation, pin));
      otherIsTold(person, model, state -> own.pinned.equals(state.getInteger("pinnedRank")));
      if (own.readAtMost < model.headSeq()) {
        own.readAtMost = model.headSeq();
        Await.join(here.read(model.conversation, model.headSeq()));
        own.readAtLeast = model.headSeq();
        otherIsTold(person, model, state -> state.getLong("readSeq") == model.headSeq());
      }
    }
  }

  private static void otherIsTold(Person person, Model model, Predicate<JsonObject> of) {
    Awaitility.await("the other device to be told of " + model.conversation)
        .atMost(PATIENCE)
        .pollInterval(SOON)
        .until(() -> told(person, model, of) != null);
    stateIsAsIn(told(person, model, of), model, person);
  }

  private static JsonObject told(Person person, Model model, Predicate<JsonObject> of) {
    return person.devices.get(1).soft("inbox.updated").stream()
        .filter(state -> state.getString("conversationId").equals(model.conversation))
        .filter(of)
        .reduce((a, b) -> b)
        .orElse(null);
  }

  /** Others are shown as having read no more than they have. */
  private void toldOfOthers(Person person) {
    for (Device device : person.devices) {
      for (JsonObject receipt : device.soft("receipt.read")) {
        Own own = person(receipt.getString("userId")).own(receipt.getString("conversationId"));
        assertThat(receipt.getLong("seq")).as("%s", receipt).isLessThanOrEqualTo(own.readAtMost);
      }
    }
  }

  private static List<JsonObject> objects(JsonObject page, String field) {
    JsonArray items = page.getJsonArray(field, new JsonArray());
    return items.stream().map(JsonObject.class::cast).toList();
  }
}

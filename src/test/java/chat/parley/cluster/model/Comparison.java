package chat.parley.cluster.model;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.Message;
import chat.parley.client.ParleyApi;
import chat.parley.client.SyncPage;
import chat.parley.cluster.model.Model.Msg;
import chat.parley.cluster.model.Model.Shown;
import chat.parley.cluster.model.Model.Step;
import chat.parley.cluster.model.Person.Own;
import chat.parley.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;

/**
 * Holds what devices show, and what the server answers each of their users, against the model: each
 * on its own, so that two that agree on something wrong are found.
 */
final class Comparison {
  private static final int PAGE = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);

  /** From a set of this size on receipts may be counted and no more. */
  private static final int SURELY_SMALL = ModelIT.LARGE_ABOVE;

  private final World world;

  Comparison(World world) {
    this.world = world;
  }

  void run() {
    for (Person person : world.people()) {
      for (String conversation : world.conversations()) {
        Model model = world.model(conversation);
        person.devices.forEach(device -> shows(device, model));
        answers(person, model);
      }
      inboxOf(person);
      freshDeviceOf(person);
    }
    world.conversations().forEach(conversation -> receipts(world.model(conversation)));
    world.people().forEach(this::devicesAgree);
  }

  // --- What a device shows -----------------------------------------------------------------------

  private static void shows(Device device, Model model) {
    List<Change> delivered = device.changes(model.conversation);
    List<Long> numbers = model.deliveredTo(device.userId);
    assertThat(delivered)
        .as("numbers of %s given to %s", model.conversation, device.userId)
        .extracting(Change::changeSeq)
        .isEqualTo(numbers);
    delivered.forEach(change -> isAsIn(change, model.step(change.changeSeq())));
    List<Msg> messages = model.messages(numbers);
    List<Message> shown = device.messages(model.conversation);
    // An edit is delivered to whoever is there when it is made, so it may bring an older message.
    assertThat(shown)
        .extracting(Message::messageId)
        .containsAll(ids(messages))
        .allMatch(id -> numbers.contains(model.lastAmongst(model.message(id), numbers)));
    for (Message message : shown) {
      Msg expected = model.message(message.messageId());
      assertThat(message.version())
          .as("the version of %s at %s", message, device.userId)
          .isGreaterThanOrEqualTo(model.lastAmongst(expected, numbers));
      isAsIn(message, expected, message.version());
    }
  }

  private static List<String> ids(List<Msg> messages) {
    return messages.stream().map(message -> message.id).toList();
  }

  private static void isAsIn(Change change, Step step) {
    assertThat(change.type()).as("%s", change).isEqualTo(step.type());
    assertThat(change.seq()).as("%s", change).isEqualTo(step.seq());
    assertThat(change.actorId()).as("%s", change).isEqualTo(step.actor());
    if (change.member() != null) {
      assertThat(change.member().userId()).as("%s", change).isEqualTo(step.subject());
    }
    if (change.member() != null && step.role() != null) {
      assertThat(change.member().role()).as("%s", change).isEqualTo(step.role());
    }
  }

  private static void isAsIn(Message message, Msg expected, long version) {
    Shown shown = expected.shown(version);
    assertThat(shown).as("what %s says has a version of that number", message).isNotNull();
    assertThat(new Shown(message.text(), shown.edited(), message.deleted(), message.reactions()))
        .as("version %d of %s", version, message.messageId())
        .isEqualTo(shown);
    assertThat(message.editedAt() != null).as("%s", message).isEqualTo(shown.edited());
    assertThat(message.seq()).isEqualTo(expected.seq);
    assertThat(message.senderId()).isEqualTo(expected.sender);
  }

  // --- What the server answers -------------------------------------------------------------------

  private static void answers(Person person, Model model) {
    ParleyApi api = person.devices.get(1).api();
    String conversation = model.conversation;
    if (model.stays(person.userId).isEmpty()) {
      assertThat(Await.problem(api.changes(conversation, 0, PAGE)).code())
          .isEqualTo(model.type.equals("channel") ? "not_a_member" : "not_found");
      return;
    }
    List<Long> numbers = model.readableBy(person.userId);
    List<Change> changes = new ArrayList<>();
    ChangePage page;
    do {
      long after = changes.isEmpty() ? 0 : changes.get(changes.size() - 1).changeSeq();
      page = Await.join(api.changes(conversation, after, 7));
      changes.addAll(page.items());
    } while (page.hasMore());
    assertThat(changes).extracting(Change::changeSeq).isEqualTo(numbers);
    long end = model.endFor(person.userId);
    for (Change change : changes) {
      isAsIn(change, model.step(change.changeSeq()));
      if (change.message() != null) {
        isLatest(change.message(), model, end);
      }
    }
    List<Message> history = history(api, conversation);
    assertThat(history).extracting(Message::messageId).isEqualTo(ids(model.messages(numbers)));
    history.forEach(message -> isLatest(message, model, end));
    if (model.members().containsKey(person.userId)) {
      assertThat(Await.join(api.members(conversation)).stream())
          .as("members of %s", conversation)
          .extracting(member -> Map.entry(member.userId(), member.role()))
          .containsExactlyInAnyOrderElementsOf(roles(model).entrySet());
    } else {
      assertThat(Await.problem(api.members(conversation)).code()).isEqualTo("not_a_member");
    }
  }

  private static Map<String, String> roles(Model model) {
    return model.members().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().wireName()));
  }

  private static void isLatest(Message message, Model model, long end) {
    Msg expected = model.message(message.messageId());
    long version = expected.versionAt(end);
    // What was never altered need not say its version.
    assertThat(Math.max(message.version(), expected.number)).as("%s", message).isEqualTo(version);
    isAsIn(message, expected, version);
  }

  private static List<Message> history(ParleyApi api, String conversation) {
    List<Message> found = new ArrayList<>();
    long before = -1;
    ChangePage page;
    do {
      page = Await.join(api.historyBefore(conversation, before, 5));
      for (Change change : page.items()) {
        found.add(0, change.message());
        before = change.changeSeq();
      }
    } while (page.hasMore());
    return found;
  }

  // --- What is a user's own ----------------------------------------------------------------------

  private void inboxOf(Person person) {
    Map<String, JsonObject> lines = lines(person);
    for (String conversation : world.conversations()) {
      Model model = world.model(conversation);
      boolean isIn = model.members().containsKey(person.userId);
      assertThat(lines.containsKey(conversation)).isEqualTo(isIn);
      if (isIn) {
        isAsIn(lines.get(conversation), model, person);
      }
    }
  }

  private static Map<String, JsonObject> lines(Person person) {
    Map<String, JsonObject> lines = new HashMap<>();
    objects(Await.join(person.devices.get(0).api().inbox(null, PAGE)), "items")
        .forEach(
            line ->
                lines.put(line.getJsonObject("conversation").getString("conversationId"), line));
    return lines;
  }

  private static void isAsIn(JsonObject line, Model model, Person person) {
    String user = person.userId;
    assertThat(line.getLong("headSeq")).isEqualTo(model.headSeq());
    assertThat(line.getLong("headChangeSeq")).isEqualTo(model.head());
    List<Msg> readable = model.messages(model.readableBy(user));
    JsonObject last = line.getJsonObject("lastMessage");
    if (readable.isEmpty()) {
      assertThat(last).isNull();
    } else {
      Msg expected = readable.get(readable.size() - 1);
      assertThat(last.getString("messageId")).isEqualTo(expected.id);
      assertThat(last.getLong("version")).isEqualTo(expected.versionAt(model.head()));
    }
    stateIsAsIn(line, model, person);
  }

  /** What the list says of a line, and {@code inbox.updated} too. */
  private static void stateIsAsIn(JsonObject state, Model model, Person person) {
    Own own = person.own(model.conversation);
    long readSeq = state.getLong("readSeq");
    assertThat(readSeq).as("%s", state).isBetween(own.readAtLeast, own.readAtMost);
    assertThat(state.getLong("unread"))
        .as("unread in %s", state)
        .isEqualTo(model.unread(person.userId, readSeq));
    assertThat(state.getLong("mentions"))
        .as("mentions in %s", state)
        .isEqualTo(model.mentions(person.userId, readSeq));
    assertThat(state.getString("mutedUntil")).isEqualTo(own.muted ? Person.FAR : null);
    assertThat(state.getInteger("pinnedRank")).isEqualTo(own.pinned);
    assertThat(state.getBoolean("privateReceipts")).isEqualTo(own.privateReceipts);
    if (!own.archived || own.muted || model.headSeq() <= own.archivedAfter) {
      assertThat(state.getBoolean("archived")).as("%s", state).isEqualTo(own.archived);
    } else if (model.headSeq() > own.archivedBefore) {
      assertThat(state.getBoolean("archived")).as("%s", state).isFalse();
    }
  }

  // --- A device that knows nothing yet -----------------------------------------------------------

  private void freshDeviceOf(Person person) {
    Device device = world.freshDevice(person);
    List<Change> synced = new ArrayList<>();
    List<JsonObject> receipts = new ArrayList<>();
    String cursor = null;
    SyncPage page;
    do {
      page = Await.join(device.api().sync(cursor, PAGE, 0));
      synced.addAll(page.changes());
      receipts.addAll(page.receipts());
      cursor = page.cursor();
    } while (page.hasMore());
    Device byOtherWay = world.freshDevice(person);
    byOtherWay.connect(0);
    for (String conversation : world.conversations()) {
      Model model = world.model(conversation);
      boolean isIn = model.members().containsKey(person.userId);
      List<Long> expected = isIn ? sinceLastJoin(model, person.userId) : List.of();
      if (isIn && model.head() > 0) {
        Await.join(byOtherWay.client().reached(conversation, model.head()));
      }
      List<Change> own =
          synced.stream().filter(one -> one.conversationId().equals(conversation)).toList();
      for (List<Change> changes : List.of(own, byOtherWay.changes(conversation))) {
        assertThat(changes).extracting(Change::changeSeq).isEqualTo(expected);
        changes.stream()
            .map(Change::message)
            .filter(message -> message != null)
            .forEach(message -> isLatest(message, model, model.head()));
      }
      byOtherWay.messages(conversation).forEach(message -> isLatest(message, model, model.head()));
    }
    byOtherWay.goAway();
    receipts.forEach(receipt -> syncedReceiptIsRight(receipt, person));
  }

  private static List<Long> sinceLastJoin(Model model, String user) {
    List<Model.Stay> stays = model.stays(user);
    long joined = stays.get(stays.size() - 1).joined();
    return model.deliveredTo(user).stream().filter(number -> number >= joined).toList();
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

  // --- How far the others are --------------------------------------------------------------------

  private void receipts(Model model) {
    Map<String, Long> reads = new HashMap<>();
    for (String user : model.members().keySet()) {
      reads.put(user, lines(person(user)).get(model.conversation).getLong("readSeq"));
    }
    for (String user : model.members().keySet()) {
      Awaitility.await("the receipts of " + model.conversation)
          .atMost(PATIENCE)
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
    for (String conversation : world.conversations()) {
      Model model = world.model(conversation);
      if (model.members().containsKey(person.userId)) {
        Own own = person.own(conversation);
        own.pinned = 77;
        JsonObject pin = new JsonObject().put("pinnedRank", own.pinned);
        Await.join(person.devices.get(0).api().changeSettings(conversation, pin));
        Awaitility.await("the other device to be told")
            .atMost(PATIENCE)
            .until(() -> told(person.devices.get(1), conversation) != null);
        stateIsAsIn(told(person.devices.get(1), conversation), model, person);
      }
    }
    for (JsonObject receipt : ofOthers(person)) {
      Own own = person(receipt.getString("userId")).own(receipt.getString("conversationId"));
      assertThat(receipt.getLong("seq")).as("%s", receipt).isLessThanOrEqualTo(own.readAtMost);
    }
  }

  private static JsonObject told(Device device, String conversation) {
    return device.soft("inbox.updated").stream()
        .filter(state -> state.getString("conversationId").equals(conversation))
        .filter(state -> Integer.valueOf(77).equals(state.getInteger("pinnedRank")))
        .reduce((a, b) -> b)
        .orElse(null);
  }

  private static List<JsonObject> ofOthers(Person person) {
    return person.devices.stream().flatMap(one -> one.soft("receipt.read").stream()).toList();
  }

  private static List<JsonObject> objects(JsonObject page, String field) {
    JsonArray items = page.getJsonArray(field, new JsonArray());
    return items.stream().map(JsonObject.class::cast).toList();
  }
}

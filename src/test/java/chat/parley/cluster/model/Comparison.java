package chat.parley.cluster.model;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.Message;
import chat.parley.client.ParleyApi;
import chat.parley.client.SyncPage;
import chat.parley.cluster.model.Model.Step;
import chat.parley.cluster.model.Msg.Shown;
import chat.parley.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Holds what devices show of conversations, and what the server answers each of their users by
 * every way of asking, against the model: each on its own, so that two that agree on something
 * wrong are found.
 */
final class Comparison {
  private static final int PAGE = 100;
  private static final int MAX = 500;

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
      freshDeviceOf(person);
    }
  }

  // --- What a device shows -----------------------------------------------------------------------

  private static void shows(Device device, Model model) {
    List<Change> delivered = device.changes(model.conversation);
    List<Long> numbers = delivered.stream().map(Change::changeSeq).toList();
    List<Long> due = model.deliveredTo(device.userId);
    List<List<Long>> right =
        device.wasGone() ? model.deliveredFromAnyStay(device.userId) : List.of(due);
    List<Long> readable = model.readableBy(device.userId);
    // Who is back may ask what passed meanwhile, and is told so where the past is open.
    assertThat(
            numbers.stream()
                .filter(number -> !isExtra(number, due, readable, device, model))
                .toList())
        .as("numbers of %s given to %s", model.conversation, device.userId)
        .isIn(right);
    assertThat(numbers).isSorted();
    delivered.forEach(change -> isAsIn(change, model, device.userId));
    List<Long> since =
        model.deliveredSinceJoin(device.userId).stream().filter(numbers::contains).toList();
    List<Msg> messages = model.messages(since);
    List<Message> shown = device.messages(model.conversation);
    // Where the past is open an edit brings an older message.
    assertThat(shown)
        .extracting(Message::messageId)
        .containsAll(ids(messages))
        .allMatch(id -> readable.contains(model.message(id).number))
        .allMatch(id -> since.contains(model.message(id).lastAmongst(since)));
    for (Message message : shown) {
      Msg expected = model.message(message.messageId());
      assertThat(message.version())
          .as("the version of %s at %s", message, device.userId)
          .isGreaterThanOrEqualTo(expected.lastAmongst(since));
      isAsIn(message, expected, message.version());
    }
  }

  private static boolean isExtra(
      long number, List<Long> due, List<Long> readable, Device device, Model model) {
    return !due.contains(number)
        && readable.contains(number)
        && device.hasAskedFor(model.conversation, number);
  }

  private static List<String> ids(List<Msg> messages) {
    return messages.stream().map(message -> message.id).toList();
  }

  private static void isAsIn(Change change, Model model, String user) {
    Step step = model.step(change.changeSeq());
    assertThat(change.type()).as("%s", change).isEqualTo(step.type());
    assertThat(change.seq()).as("%s", change).isEqualTo(step.seq());
    assertThat(change.actorId()).as("%s", change).isEqualTo(step.actor());
    assertThat(Model.about(change))
        .as("%s, told to %s", change, user)
        .isEqualTo(model.isTold(step, user) ? step.about() : null);
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
    long end = model.endFor(person.userId);
    List.of(changes(api, conversation), asked(person.devices.get(0), conversation))
        .forEach(changes -> areLatest(changes, numbers, model, person.userId));
    List<Msg> messages = model.messages(numbers);
    List<Message> upwards =
        Await.join(api.historyAfter(conversation, 0, PAGE)).items().stream()
            .map(Change::message)
            .toList();
    for (List<Message> history : List.of(history(api, conversation), upwards)) {
      assertThat(history).extracting(Message::messageId).isEqualTo(ids(messages));
      history.forEach(message -> isLatest(message, model, end));
    }
    messages.stream()
        .max(Comparator.comparingInt(Msg::alterations))
        .ifPresent(most -> isLatest(Await.join(api.message(most.id)), model, end));
    model.messages(model.all()).stream()
        .filter(message -> !numbers.contains(message.number))
        .reduce((a, b) -> b)
        .ifPresent(
            hidden ->
                assertThat(Await.problem(api.message(hidden.id)).code()).isEqualTo("not_found"));
    if (model.members().containsKey(person.userId)) {
      assertThat(Await.join(api.members(conversation)).stream())
          .as("members of %s", conversation)
          .extracting(member -> Map.entry(member.userId(), member.role()))
          .containsExactlyInAnyOrderElementsOf(roles(model).entrySet());
    } else {
      assertThat(Await.problem(api.members(conversation)).code()).isEqualTo("not_a_member");
    }
  }

  private static List<Change> changes(ParleyApi api, String conversation) {
    List<Change> changes = new ArrayList<>();
    ChangePage page;
    do {
      long after = changes.isEmpty() ? 0 : changes.get(changes.size() - 1).changeSeq();
      page = Await.join(api.changes(conversation, after, 11));
      changes.addAll(page.items());
    } while (page.hasMore());
    return changes;
  }

  /** The same by the socket. */
  private static List<Change> asked(Device device, String conversation) {
    JsonObject question =
        new JsonObject().put("conversationId", conversation).put("after", 0).put("limit", MAX);
    JsonArray items =
        Asking.ask(() -> device.client().request("sync", question))
            .orElseThrow()
            .data()
            .getJsonArray("items");
    return items.stream().map(item -> Change.parse((JsonObject) item)).toList();
  }

  private static void areLatest(
      List<Change> changes, List<Long> numbers, Model model, String user) {
    assertThat(changes).extracting(Change::changeSeq).isEqualTo(numbers);
    long end = model.endFor(user);
    for (Change change : changes) {
      isAsIn(change, model, user);
      if (change.message() != null) {
        isLatest(change.message(), model, end);
      }
    }
  }

  private static Map<String, String> roles(Model model) {
    return model.members().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().wireName()));
  }

  static void isLatest(Message message, Model model, long end) {
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

  // --- A device that knows nothing yet -----------------------------------------------------------

  private void freshDeviceOf(Person person) {
    Device device = world.freshDevice(person);
    List<Change> synced = new ArrayList<>();
    String cursor = null;
    SyncPage page;
    do {
      page = Await.join(device.api().sync(cursor, PAGE, 0));
      synced.addAll(page.changes());
      cursor = page.cursor();
    } while (page.hasMore());
    Device byOtherWay = world.freshDevice(person);
    byOtherWay.connect(0);
    for (String conversation : world.conversations()) {
      Model model = world.model(conversation);
      boolean isIn = model.members().containsKey(person.userId);
      List<Long> expected = isIn ? model.deliveredSinceJoin(person.userId) : List.of();
      if (isIn && model.head() > 0) {
        Await.join(byOtherWay.client().reached(conversation, model.head()));
      }
      List<Change> own =
          synced.stream().filter(one -> one.conversationId().equals(conversation)).toList();
      for (List<Change> changes : List.of(own, byOtherWay.changes(conversation))) {
        areLatest(changes, expected, model, person.userId);
      }
      byOtherWay.messages(conversation).forEach(message -> isLatest(message, model, model.head()));
    }
    byOtherWay.goAway();
  }
}

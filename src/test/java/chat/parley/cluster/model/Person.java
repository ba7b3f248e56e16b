package chat.parley.cluster.model;

import static chat.parley.cluster.model.Asking.ask;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Message;
import chat.parley.client.ParleyApi;
import chat.parley.cluster.model.Tally.Sort;
import chat.parley.testing.Await;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Somebody who does one thing after the other, each on one of their devices, while others do
 * theirs. What is refused is no fault: whether it was right to take what was taken says the model.
 * Now and then they look on the other device, by another node, for what they were just promised.
 */
final class Person {
  private static final List<String> EMOJIS = List.of("👍", "🎉", "❤️");
  private static final List<String> ROLES = List.of("admin", "member", "readonly");
  private static final int PAGE = 100;

  final String userId;
  final String handle;
  final List<Device> devices;
  private final World world;
  private final Random random;
  private final Map<String, Own> own = new HashMap<>();
  private final Map<String, List<String>> written = new HashMap<>();
  private int count;

  Person(World world, String userId, String handle, List<Device> devices, Random random) {
    this.world = world;
    this.userId = userId;
    this.handle = handle;
    this.devices = devices;
    this.random = random;
  }

  /** What is this person's own of a conversation. */
  Own own(String conversation) {
    return own.computeIfAbsent(conversation, any -> new Own());
  }

  /** Does so many things, and comes back with all devices. */
  void act(int things) {
    for (int i = 0; i < things; i++) {
      act();
    }
    devices.stream().filter(Device::isAway).forEach(this::comeBack);
  }

  private void act() {
    Device device = pick(devices);
    if (device.isAway()) {
      comeBack(device);
    }
    String conversation = somewhere(device);
    int dice = random.nextInt(100);
    if (dice < 24) {
      send(device, conversation);
    } else if (dice < 37) {
      edit(device, conversation);
    } else if (dice < 43) {
      delete(device, conversation);
    } else if (dice < 61) {
      react(device, conversation);
    } else if (dice < 69) {
      read(device, conversation);
    } else if (dice < 75) {
      set(device, conversation);
    } else if (dice < 90) {
      changeMembers(device, conversation);
    } else if (dice < 94) {
      Await.join(device.client().dropConnection());
      world.tally().count(Sort.CONNECTION_LOST);
    } else if (devices.stream().noneMatch(Device::isAway)) {
      device.goAway();
      world.tally().count(Sort.WENT_AWAY);
    }
  }

  private void comeBack(Device device) {
    int before = device.node();
    device.connect(random.nextInt(world.nodes()));
    if (device.node() != before) {
      world.tally().count(Sort.CAME_BY_ANOTHER_NODE);
    }
  }

  /** Mostly where they are in, as far as this device knows. */
  private String somewhere(Device device) {
    List<String> in = world.conversations().stream().filter(device::isIn).toList();
    return in.isEmpty() || random.nextInt(5) == 0 ? pick(world.conversations()) : pick(in);
  }

  private void send(Device device, String conversation) {
    String key = handle + "-" + ++count;
    String text = key;
    if (random.nextInt(3) == 0) {
      text += random.nextInt(4) == 0 ? " @channel" : " @" + pick(world.people()).handle;
    }
    String said = text;
    world.deeds().sends(conversation, userId, key, said);
    boolean rest = random.nextInt(4) == 0;
    ask(() ->
            rest
                ? device.api().postMessage(conversation, key, said)
                : device.client().send(conversation, key, said))
        .ifPresent(
            ack -> {
              world.deeds().sent(userId, ack);
              written.computeIfAbsent(conversation, any -> new ArrayList<>()).add(ack.messageId());
            });
  }

  /** At times twice, and at times it is deleted then. */
  private void edit(Device device, String conversation) {
    List<String> mine = written.getOrDefault(conversation, List.of());
    if (mine.isEmpty()) {
      send(device, conversation);
      return;
    }
    // Another's cannot be edited; whoever could all the same is found by the model.
    String message =
        random.nextInt(8) > 0
            ? recent(mine)
            : seen(device, conversation).map(Message::messageId).orElse(recent(mine));
    edit(message, device);
    if (random.nextInt(3) == 0) {
      edit(message, device);
    }
    if (random.nextInt(5) == 0) {
      delete(message, device);
    }
  }

  private void edit(String message, Device device) {
    String text = handle + "-edit-" + ++count;
    Deeds.Text edit = world.deeds().edits(userId, message, text);
    boolean rest = random.nextInt(4) == 0;
    ask(() -> rest ? device.api().editMessage(message, text) : device.client().edit(message, text))
        .ifPresent(
            ack -> {
              world.deeds().edited(edit, ack);
              lookElsewhere(device, ack);
            });
  }

  private void delete(Device device, String conversation) {
    seen(device, conversation).ifPresent(message -> delete(message.messageId(), device));
  }

  private void delete(String message, Device device) {
    ask(() -> device.client().delete(message))
        .ifPresent(
            ack -> {
              world.deeds().amended("message.delete", userId, ack);
              lookElsewhere(device, ack).ifPresent(now -> assertThat(now.deleted()).isTrue());
            });
  }

  /** Half of the time one is taken back, where the device shows one that can be. */
  private void react(Device device, String conversation) {
    List<Message> reacted =
        device.messages(conversation).stream().filter(one -> !emojisOf(one).isEmpty()).toList();
    if (!reacted.isEmpty() && random.nextBoolean()) {
      Message message = pick(reacted);
      react(device, message.messageId(), pick(emojisOf(message)), false);
    } else {
      boolean on = random.nextInt(8) > 0;
      seen(device, conversation).ifPresent(message -> react(device, message.messageId(), on));
    }
  }

  private void react(Device device, String message, boolean on) {
    String emoji = pick(EMOJIS);
    react(device, message, emoji, on);
    if (random.nextInt(3) == 0) {
      react(device, message, emoji, !on);
    }
  }

  private List<String> emojisOf(Message message) {
    return EMOJIS.stream()
        .filter(emoji -> message.reactions().getOrDefault(emoji, List.of()).contains(userId))
        .toList();
  }

  private void react(Device device, String message, String emoji, boolean on) {
    ask(() -> device.client().react(message, emoji, on))
        .ifPresent(
            ack -> {
              world.deeds().amended("reaction", userId, ack);
              lookElsewhere(device, ack);
            });
  }

  /** When all is over, and before it is compared. */
  void settle(Map<String, Model> models) {
    own.forEach((conversation, mine) -> mine.settle(models.get(conversation), userId));
  }

  private void read(Device device, String conversation) {
    Optional<Message> upTo = seen(device, conversation);
    if (upTo.isEmpty()) {
      return;
    }
    long seq = upTo.get().seq();
    long known = device.known(conversation);
    Own mine = own(conversation);
    mine.readAtMost = Math.max(mine.readAtMost, seq);
    boolean rest = random.nextBoolean();
    ask(() ->
            (rest ? device.api().read(conversation, seq) : device.client().read(conversation, seq))
                .map(true))
        .ifPresent(
            read -> {
              mine.readIsAcked(seq, known);
              world.tally().count(Sort.READ);
              lookElsewhere(device, conversation);
            });
  }

  private void set(Device device, String conversation) {
    JsonObject wanted = new JsonObject();
    boolean on = random.nextInt(3) > 0;
    int rank = random.nextInt(10);
    int which = random.nextInt(4);
    switch (which) {
      case 0 -> wanted.put("mutedUntil", on ? Own.FAR : null);
      case 1 -> wanted.put("pinnedRank", on ? rank : null);
      case 2 -> wanted.put("archived", on);
      default -> wanted.put("privateReceipts", on ? Boolean.TRUE : null);
    }
    long headAtLeast = world.deeds().ackedSeq(conversation);
    if (ask(() -> device.api().changeSettings(conversation, wanted)).isEmpty()) {
      return;
    }
    Own mine = own(conversation);
    switch (which) {
      case 0 -> mine.muted = on;
      case 1 -> mine.pinned = on ? rank : null;
      case 2 -> {
        mine.archived = on;
        mine.archivedAfter = headAtLeast;
        mine.archivedBefore = world.deeds().begun(conversation);
      }
      default -> mine.privateReceipts = on ? true : null;
    }
    world.tally().count(Sort.SET);
    lookElsewhere(device, conversation);
  }

  /** Who goes, or is removed, is often brought back. */
  private void changeMembers(Device device, String conversation) {
    boolean self = this != world.keeper() && random.nextBoolean();
    String subject = self ? userId : pick(world.people()).userId;
    boolean keepsIt = subject.equals(world.keeper().userId);
    ParleyApi api = device.api();
    int which = random.nextInt(4);
    if (which == 0 || keepsIt) { // somebody must be able to read all of it at the end
      ask(() -> api.putMember(conversation, subject, "member").map(true));
    } else if (which == 1) {
      String role = pick(ROLES);
      ask(() -> api.putMember(conversation, subject, role).map(true));
    } else {
      ask(() -> api.deleteMember(conversation, subject).map(true));
      if (random.nextBoolean()) {
        ask(() -> api.putMember(conversation, subject, "member").map(true));
      }
    }
  }

  // --- Looking on the other device ---------------------------------------------------------------

  /** The message that was just altered; empty if they did not look or may see it no more. */
  private Optional<Message> lookElsewhere(Device device, Ack ack) {
    if (random.nextInt(4) > 0) {
      return Optional.empty();
    }
    world.tally().count(Sort.LOOKED_ELSEWHERE);
    Optional<Message> now = ask(() -> otherThan(device).api().message(ack.messageId()));
    now.ifPresent(
        message ->
            assertThat(message.version())
                .as("%s after %s", message, ack)
                .isGreaterThanOrEqualTo(ack.changeSeq()));
    return now;
  }

  /** The line of a conversation whose read cursor or settings were just changed. */
  private void lookElsewhere(Device device, String conversation) {
    if (random.nextInt(4) > 0) {
      return;
    }
    world.tally().count(Sort.LOOKED_ELSEWHERE);
    ask(() -> otherThan(device).api().inbox(null, PAGE))
        .map(inbox -> line(inbox, conversation))
        .ifPresent(own(conversation)::mustBeIn);
  }

  /** The conversation's line in a page of the inbox; null where there is none. */
  static JsonObject line(JsonObject inbox, String conversation) {
    JsonArray items = inbox.getJsonArray("items");
    return items.stream()
        .map(JsonObject.class::cast)
        .filter(
            one ->
                one.getJsonObject("conversation").getString("conversationId").equals(conversation))
        .findFirst()
        .orElse(null);
  }

  private Device otherThan(Device device) {
    return devices.get(1 - devices.indexOf(device));
  }

  // --- Choosing ----------------------------------------------------------------------------------

  /** A message that the device shows. */
  private Optional<Message> seen(Device device, String conversation) {
    List<Message> shown = device.messages(conversation);
    return shown.isEmpty() ? Optional.empty() : Optional.of(recent(shown));
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  /** Mostly one of the last: so that much happens to few. */
  private <T> T recent(List<T> some) {
    return random.nextInt(3) == 0
        ? pick(some)
        : pick(some.subList(Math.max(0, some.size() - 3), some.size()));
  }
}

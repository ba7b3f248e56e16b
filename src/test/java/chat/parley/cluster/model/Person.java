package chat.parley.cluster.model;

import chat.parley.client.ConnectionLostException;
import chat.parley.client.Message;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Somebody who does one thing after the other, each on one of their devices, while others do
 * theirs. What is refused is no fault: whether it was right to take what was taken says the model.
 */
final class Person {
  static final String FAR = "2099-01-01T00:00:00.000Z";
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(Await.PATIENCE_SECONDS);
  private static final List<String> EMOJIS = List.of("👍", "🎉", "❤️");
  private static final List<String> ROLES = List.of("admin", "member", "readonly");

  /** What this person has set and read of a conversation, and was told that it is stored. */
  static final class Own {
    /** Between these lies the read cursor: a read as one leaves may count or not. */
    long readAtLeast;

    long readAtMost;
    boolean muted;
    Integer pinned;
    boolean archived;

    /** Between these lay the head when it was archived. */
    long archivedAfter;

    long archivedBefore;
    Boolean privateReceipts;
  }

  final String userId;
  final String handle;
  final List<Device> devices;
  private final World world;
  private final Random random;
  private final int nodes;
  private final Map<String, Own> own = new HashMap<>();
  private final Map<String, List<String>> written = new HashMap<>();
  private int count;

  Person(
      World world, String userId, String handle, List<Device> devices, int nodes, Random random) {
    this.world = world;
    this.userId = userId;
    this.handle = handle;
    this.devices = devices;
    this.nodes = nodes;
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
    String conversation = pick(world.conversations());
    Device device = pick(devices);
    if (device.isAway()) {
      comeBack(device);
    }
    int dice = random.nextInt(100);
    if (dice < 30) {
      send(device, conversation);
    } else if (dice < 40) {
      edit(device, conversation);
    } else if (dice < 46) {
      delete(device, conversation);
    } else if (dice < 60) {
      react(device, conversation);
    } else if (dice < 69) {
      read(device, conversation);
    } else if (dice < 75) {
      set(device, conversation);
    } else if (dice < 90) {
      changeMembers(device, conversation);
    } else if (dice < 94) {
      Await.join(device.client().dropConnection());
    } else if (devices.stream().noneMatch(Device::isAway)) {
      device.goAway();
    }
  }

  private void comeBack(Device device) {
    device.connect(random.nextInt(nodes));
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

  private void edit(Device device, String conversation) {
    List<String> mine = written.getOrDefault(conversation, List.of());
    if (mine.isEmpty()) {
      return;
    }
    String message = pick(mine);
    String text = handle + "-edit-" + ++count;
    Deeds.Text edit = world.deeds().edits(conversation, userId, message, text);
    boolean rest = random.nextInt(4) == 0;
    ask(() -> rest ? device.api().editMessage(message, text) : device.client().edit(message, text))
        .ifPresent(ack -> world.deeds().edited(edit, ack));
  }

  private void delete(Device device, String conversation) {
    seen(device, conversation)
        .flatMap(message -> ask(() -> device.client().delete(message.messageId())))
        .ifPresent(ack -> world.deeds().amended("message.delete", userId, ack));
  }

  private void react(Device device, String conversation) {
    String emoji = pick(EMOJIS);
    boolean on = random.nextInt(3) > 0;
    seen(device, conversation)
        .flatMap(message -> ask(() -> device.client().react(message.messageId(), emoji, on)))
        .ifPresent(ack -> world.deeds().amended("reaction", userId, ack));
  }

  private void read(Device device, String conversation) {
    Optional<Message> upTo = seen(device, conversation);
    if (upTo.isEmpty()) {
      return;
    }
    long seq = upTo.get().seq();
    Own mine = own(conversation);
    mine.readAtMost = Math.max(mine.readAtMost, seq);
    boolean rest = random.nextBoolean();
    ask(() ->
            (rest ? device.api().read(conversation, seq) : device.client().read(conversation, seq))
                .map(true))
        .ifPresent(read -> mine.readAtLeast = Math.max(mine.readAtLeast, seq));
  }

  private void set(Device device, String conversation) {
    JsonObject wanted = new JsonObject();
    boolean on = random.nextInt(3) > 0;
    int rank = random.nextInt(10);
    int which = random.nextInt(4);
    switch (which) {
      case 0 -> wanted.put("mutedUntil", on ? FAR : null);
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
  }

  private void changeMembers(Device device, String conversation) {
    String subject = random.nextBoolean() ? userId : pick(world.people()).userId;
    boolean keepsIt = subject.equals(world.keeper().userId);
    ParleyApi api = device.api();
    switch (random.nextInt(3)) {
      case 0 -> ask(() -> api.putMember(conversation, subject, "member").map(true));
      case 1 -> {
        if (!keepsIt) { // somebody must be able to read all of it at the end
          ask(() -> api.deleteMember(conversation, subject).map(true));
        }
      }
      default -> {
        String role = pick(ROLES);
        if (!keepsIt) {
          ask(() -> api.putMember(conversation, subject, role).map(true));
        }
      }
    }
  }

  /** A message that the device shows. */
  private Optional<Message> seen(Device device, String conversation) {
    List<Message> shown = device.messages(conversation);
    return shown.isEmpty() ? Optional.empty() : Optional.of(pick(shown));
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  /**
   * Asks until there is an answer; empty where it is a refusal. Everything here may be asked for
   * again: it says what shall be.
   */
  static <T> Optional<T> ask(Supplier<Future<T>> question) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      Future<T> asked = question.get();
      T answer =
          Await.join(
              asked.recover(
                  cause ->
                      mayAskAgain(cause) || isRefusal(cause)
                          ? Future.succeededFuture()
                          : Future.failedFuture(cause)));
      if (asked.succeeded() || isRefusal(asked.cause())) {
        return Optional.ofNullable(answer);
      }
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("no answer for so long", asked.cause());
      }
      sleep(asked.cause() instanceof ProblemException problem ? problem.retryAfterMs() : 0);
    }
  }

  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ProblemException problem && !mayAskAgain(problem);
  }

  private static boolean mayAskAgain(Throwable cause) {
    return cause instanceof ConnectionLostException
        || cause instanceof ProblemException problem && problem.retryable();
  }

  private static void sleep(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(Math.max(20, millis));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}

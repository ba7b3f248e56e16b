package chat.parley.torture.load;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * People edit and delete what they wrote and react to what they see, mostly to what is new, so that
 * several meet at one message. Whoever gets no answer asks again. Of what was done somebody often
 * looks at once whether it is to be seen.
 */
final class Amending {
  private static final long EVERY_MS = 180;
  private static final long AGAIN_MS = 400;
  private static final int MOST_OUTSTANDING = 40;
  private static final double SHARE_OF_REACTIONS = 0.5;
  private static final double SHARE_OF_DELETES = 0.3;
  private static final double SHARE_OF_REST = 0.3;
  private static final double SHARE_TAKEN_BACK = 0.3;
  private static final double SHARE_OF_LOOKS = 0.4;
  private static final List<String> EMOJIS = List.of("👍", "🎉", "❤️", "😀");

  private final Vertx vertx;
  private final History history;
  private final Crew crew;
  private final Gates gates;
  private final Random random;
  private final Set<Wish> open = new LinkedHashSet<>();
  private long timer = -1;
  private long wishes;

  Amending(Vertx vertx, History history, Crew crew, Gates gates, Random random) {
    this.vertx = vertx;
    this.history = history;
    this.crew = crew;
    this.gates = gates;
    this.random = random;
  }

  void begin() {
    timer = vertx.setPeriodic(EVERY_MS, tick -> step());
  }

  /** Nothing new is wished for. What was is asked for until there is an answer. */
  void stop() {
    vertx.cancelTimer(timer);
  }

  /** Whether everything was answered. */
  boolean isQuiet() {
    return open.isEmpty();
  }

  /** How much was not. */
  int open() {
    return open.size();
  }

  /** At the end: nobody knows what has become of these. */
  void giveUp() {
    open.forEach(wish -> history.add(event(wish, Phase.INFO)));
    open.clear();
  }

  private void step() {
    Device device = crew.anyDevice(random);
    if (device.isOn() && open.size() < MOST_OUTSTANDING) {
      wish(device)
          .filter(wish -> wish.room.present().contains(device.person()))
          .ifPresent(
              wish -> {
                open.add(wish);
                history.add(event(wish, Phase.INVOKE));
                ask(wish);
              });
    }
  }

  private Optional<Wish> wish(Device device) {
    List<Change> recent = device.recentMessages();
    if (random.nextDouble() < SHARE_OF_REACTIONS) {
      String emoji = EMOJIS.get(random.nextInt(EMOJIS.size()));
      boolean on = random.nextDouble() >= SHARE_TAKEN_BACK;
      return any(recent)
          .map(
              shown ->
                  Wish.reaction(device, device.roomOf(shown), shown, nextId(device), emoji, on));
    }
    Optional<Change> own = any(recent.stream().filter(device::isOwn).toList());
    if (random.nextDouble() < SHARE_OF_DELETES) {
      return own.map(shown -> Wish.delete(device, device.roomOf(shown), shown, nextId(device)));
    }
    return own.map(
        shown -> {
          String id = nextId(device);
          return Wish.edit(device, device.roomOf(shown), shown, id, "edited by " + id);
        });
  }

  private Optional<Change> any(List<Change> some) {
    return some.isEmpty() ? Optional.empty() : Optional.of(some.get(random.nextInt(some.size())));
  }

  private String nextId(Device device) {
    return device.person().handle() + "-wish-" + ++wishes;
  }

  private void ask(Wish wish) {
    attempt(wish)
        .onSuccess(ack -> acked(wish, ack))
        .onFailure(
            cause -> {
              Optional<String> code = Refusal.code(cause);
              if (code.isPresent()) {
                Phase phase = wish.isRepeated() ? Phase.INFO : Phase.FAIL;
                ended(wish, event(wish, phase).from(code.get()));
              } else if (open.contains(wish)) {
                vertx.setTimer(AGAIN_MS, due -> ask(wish));
              }
            });
  }

  private Future<Ack> attempt(Wish wish) {
    Optional<ChatClient> socket = wish.device.socket();
    return wish.isRestful() && (socket.isEmpty() || random.nextDouble() < SHARE_OF_REST)
        ? wish.ask(wish.device.api(gates.any(random)))
        : socket
            .map(wish::ask)
            .orElseGet(() -> Future.failedFuture(new IllegalStateException("not connected")));
  }

  private void acked(Wish wish, Ack ack) {
    ended(
        wish,
        event(wish, Phase.OK).at(ack.changeSeq(), 0).from(ack.replayed() ? "replayed" : null));
    if (random.nextDouble() < SHARE_OF_LOOKS) {
      List<Person> present = wish.room.present();
      List<Device> lookers = crew.devicesOf(present.get(random.nextInt(present.size())));
      lookers
          .get(random.nextInt(lookers.size()))
          .lookAt(wish.room, wish.target(), gates.any(random));
    }
  }

  private void ended(Wish wish, Event.Draft event) {
    if (open.remove(wish)) {
      history.add(event);
    }
  }

  private Event.Draft event(Wish wish, Phase phase) {
    return wish.describe(wish.device.event(Op.AMEND, phase));
  }
}

package chat.parley.torture.load;

import chat.parley.client.Parallel;
import chat.parley.client.Retries;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** The load of one history, from its first conversation to its last ack. */
public final class Load {
  private static final long LOOK_MS = 200;
  private static final int HEADS_AT_A_TIME = 4;
  private static final String NAME = "load";

  private final Vertx vertx;
  private final History history;
  private final Gates gates;
  private final Retries retries;
  private final Crew crew;
  private final Talk talk;
  private final Wandering wandering;
  private final Comings comings;
  private final Reading reading;
  private final Burst burst;
  private final Guests guests;
  private final Amending amending;

  /** Each part has its own dice, so that the pace of one does not change the choices of another. */
  private Load(
      Vertx vertx,
      History history,
      Gates gates,
      Population population,
      Retries retries,
      Crew crew,
      LoadSettings settings) {
    Random dice = new Random(settings.seed());
    this.vertx = vertx;
    this.history = history;
    this.gates = gates;
    this.retries = retries;
    this.crew = crew;
    this.talk = new Talk(vertx, crew, gates, new Random(dice.nextLong()), settings.rate());
    this.wandering = new Wandering(vertx, crew, gates, new Random(dice.nextLong()));
    this.comings =
        new Comings(vertx, history, crew, gates, retries, new Random(dice.nextLong()), wandering);
    this.reading = new Reading(vertx, crew, gates, new Random(dice.nextLong()));
    this.burst = new Burst(vertx, crew, gates, new Random(dice.nextLong()), comings);
    this.guests = new Guests(history, crew, gates, population);
    this.amending = new Amending(vertx, history, crew, gates, new Random(dice.nextLong()));
  }

  /**
   * Makes people and conversations, turns the devices on, and begins. Call it on the loop.
   *
   * @param vertx with one event loop, the same as the gates'
   */
  public static Future<Load> begin(
      Vertx vertx,
      History history,
      Gates gates,
      Population population,
      Retries retries,
      LoadSettings settings) {
    Rooms rooms = new Rooms(history, gates, retries, new Random(settings.seed()));
    return new Casting(history, population, rooms, settings)
        .crew()
        .map(
            crew -> {
              Load load = new Load(vertx, history, gates, population, retries, crew, settings);
              load.begin();
              return load;
            });
  }

  private void begin() {
    int number = 0;
    for (Device device : crew.allDevices()) {
      device.turnOn(gates.at(number++));
    }
    talk.begin();
    wandering.begin();
    comings.begin();
    reading.begin();
    amending.begin();
  }

  /** Says nothing new any more; what is under way goes on. Call it on the loop, like the rest. */
  public void stop() {
    talk.stop();
    wandering.stop();
    comings.stop();
    reading.stop();
    amending.stop();
  }

  /**
   * Lets people go on as from the beginning, or say, leave and lose nothing new: whoever comes back
   * would sync, and so never show what was not delivered.
   */
  public void talk(boolean on) {
    talk.stop();
    wandering.stop();
    comings.stop();
    amending.stop();
    if (on) {
      talk.begin();
      wandering.begin();
      comings.begin();
      amending.begin();
    }
  }

  /** One group talks as fast as it can while its members come and go; all else goes on. */
  public void beginBurst() {
    burst.begin();
  }

  /** The end of that, and what it came to. */
  public BurstCount endBurst() {
    return burst.stop();
  }

  /** Brings more devices of everybody to one gateway; completes when all of them are on. */
  public Future<Integer> gather(int gate, int each) {
    return guests.gather(gate, each);
  }

  /** How many of those who were gathered have no connection now. */
  public int guestsOutside() {
    return guests.outside();
  }

  /**
   * After {@link #stop}: waits until every send is acked or refused, asks how far the conversations
   * go, and waits until every device has what its user may have. What is not so by then is written
   * down, what has no answer as unknown, and is for the judge.
   *
   * @param patience for each of the two
   * @return whether it came so far in time
   */
  public Future<Boolean> settle(Duration patience) {
    history.add(Event.of(NAME, Op.SETTLE, Phase.INVOKE));
    return until(this::allIsSaid, patience)
        .compose(said -> askForHeads().compose(asked -> until(this::allHaveCaughtUp, patience)))
        .map(
            caughtUp -> {
              List<Event.Draft> unsettled = unsettled();
              if (unsettled.isEmpty()) {
                history.add(Event.of(NAME, Op.SETTLE, Phase.OK));
              }
              unsettled.forEach(history::add);
              crew.allDevices().forEach(Device::giveUpSends);
              amending.giveUp();
              return unsettled.isEmpty();
            });
  }

  /** What has not come to rest; nothing where everybody has an answer and has caught up. */
  private List<Event.Draft> unsettled() {
    List<Event.Draft> unsettled = new ArrayList<>();
    long sends = crew.allDevices().stream().mapToLong(Device::unacked).sum();
    if (sends > 0) {
      unsettled.add(unsettled(sends + " sends have no answer"));
    }
    if (!amending.isQuiet()) {
      unsettled.add(unsettled(amending.open() + " edits, deletes and reactions have no answer"));
    }
    long off = crew.allDevices().stream().filter(device -> !device.isOn()).count();
    if (off > 0) {
      unsettled.add(unsettled(off + " devices are off"));
    }
    for (Room room : crew.rooms()) {
      if (room.isChanging()) {
        unsettled.add(unsettled("a removal or a return has no answer").in(room.id));
      }
      long behind = expectedIn(room).filter(device -> !device.hasCaughtUp(room)).count();
      if (behind > 0) {
        unsettled.add(unsettled(behind + " devices have not shown " + room.head()).in(room.id));
      }
    }
    return unsettled;
  }

  private static Event.Draft unsettled(String what) {
    return Event.of(NAME, Op.SETTLE, Phase.INFO).noting(what);
  }

  private Future<Boolean> until(BooleanSupplier condition, Duration patience) {
    Promise<Boolean> done = Promise.promise();
    long deadline = System.nanoTime() + patience.toNanos();
    vertx.setPeriodic(
        LOOK_MS,
        timer -> {
          boolean holds = condition.getAsBoolean();
          if (holds || System.nanoTime() - deadline > 0) {
            vertx.cancelTimer(timer);
            done.complete(holds);
          }
        });
    return done.future();
  }

  private boolean allIsSaid() {
    return comings.isQuiet()
        && amending.isQuiet()
        && crew.allDevices().stream().allMatch(device -> device.isOn() && device.unacked() == 0);
  }

  /** The last change of a conversation may be one that no device has seen yet. */
  private Future<Void> askForHeads() {
    return Parallel.each(
            HEADS_AT_A_TIME,
            crew.rooms(),
            room ->
                retries
                    .call(() -> room.owner.at(gates.at(0).api()).changes(room.id, 0, 1))
                    .onSuccess(page -> room.reaches(page.headChangeSeq()))
                    .otherwiseEmpty())
        .mapEmpty();
  }

  private boolean allHaveCaughtUp() {
    return crew.rooms().stream().allMatch(this::allHaveCaughtUp);
  }

  private boolean allHaveCaughtUp(Room room) {
    return expectedIn(room).allMatch(device -> device.isOn() && device.hasCaughtUp(room));
  }

  private Stream<Device> expectedIn(Room room) {
    return room.present().stream().flatMap(person -> crew.devicesOf(person).stream());
  }

  /** Turns all devices off. */
  public Future<Void> end() {
    return Future.join(crew.allDevices().stream().map(Device::turnOff).toList()).mapEmpty();
  }

  /** Which conversations each was ever in; of those without a device the first two. */
  public Map<Person, Set<String>> conversations() {
    Map<Person, Set<String>> conversations = new LinkedHashMap<>();
    for (Room room : crew.rooms()) {
      room.cast.forEach(
          person ->
              conversations.computeIfAbsent(person, any -> new LinkedHashSet<>()).add(room.id));
    }
    crew.silent().stream()
        .limit(2)
        .forEach(person -> conversations.put(person, Set.of(crew.big().id)));
    return conversations;
  }
}

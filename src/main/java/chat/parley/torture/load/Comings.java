package chat.parley.torture.load;

import chat.parley.client.ParleyApi;
import chat.parley.client.Retries;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Members are removed by the owner and brought back some seconds later, at times with a device off.
 */
final class Comings {
  private static final long EVERY_MS = 2_500;
  private static final long SHORTEST_ABSENCE_MS = 500;
  private static final long LONGEST_ABSENCE_MS = 5_000;

  private final Vertx vertx;
  private final History history;
  private final Crew crew;
  private final Gates gates;
  private final Retries retries;
  private final Random random;
  private final Wandering wandering;
  private long timer = -1;

  Comings(
      Vertx vertx,
      History history,
      Crew crew,
      Gates gates,
      Retries retries,
      Random random,
      Wandering wandering) {
    this.vertx = vertx;
    this.history = history;
    this.crew = crew;
    this.gates = gates;
    this.retries = retries;
    this.random = random;
    this.wandering = wandering;
  }

  void begin() {
    timer = vertx.setPeriodic(EVERY_MS, tick -> step());
  }

  /** Nobody is removed any more. Those who were are brought back in their time. */
  void stop() {
    vertx.cancelTimer(timer);
  }

  /** Whether nobody is on their way. */
  boolean isQuiet() {
    return crew.rooms().stream().noneMatch(Room::isChanging);
  }

  /** One membership of a room at a time, so that what is expected stays simple to say. */
  private void step() {
    List<Room> rooms = crew.groups().stream().filter(room -> !room.isChanging()).toList();
    if (rooms.isEmpty()) {
      return;
    }
    Room room = rooms.get(random.nextInt(rooms.size()));
    if (room.absent().isEmpty()) {
      sendAway(room, room.anyPresent(random));
    } else {
      Person person = room.absent().get(0);
      room.expectNothingOf(person);
      bringBack(room, person).onComplete(done -> room.expectAgain(person));
    }
  }

  private void sendAway(Room room, Person person) {
    if (person == room.owner) {
      return;
    }
    room.expectNothingOf(person);
    if (random.nextBoolean()) {
      List<Device> devices = crew.devicesOf(person);
      wandering.sendAway(devices.get(random.nextInt(devices.size())));
    }
    removeFor(room, person, random.nextLong(SHORTEST_ABSENCE_MS, LONGEST_ABSENCE_MS));
  }

  /** Removes somebody and brings them back; completes with the removal, so far as it happened. */
  Future<Void> removeFor(Room room, Person person, long absenceMs) {
    Future<Void> removed = remove(room, person);
    removed
        .compose(gone -> vertx.timer(absenceMs))
        .compose(due -> bringBack(room, person))
        .onComplete(done -> room.expectAgain(person));
    return removed;
  }

  private Future<Void> remove(Room room, Person person) {
    return change(room, person, "remove", () -> owner(room).deleteMember(room.id, person.userId()));
  }

  private Future<Void> bringBack(Room room, Person person) {
    return change(
        room, person, "add", () -> owner(room).putMember(room.id, person.userId(), "member"));
  }

  private ParleyApi owner(Room room) {
    return room.owner.at(gates.any(random).api());
  }

  /** Saying it again is no other change: the owner asks until there is an answer. */
  private Future<Void> change(Room room, Person person, String what, Supplier<Future<Void>> call) {
    return retries
        .call(
            () -> {
              history.add(event(room, person, what, Phase.INVOKE));
              return call.get();
            })
        .onSuccess(done -> history.add(event(room, person, what, Phase.OK)))
        .onFailure(cause -> history.add(failed(room, person, what, cause)));
  }

  /** Of what was asked for in vain, and not refused, nobody knows. */
  private static Event.Draft failed(Room room, Person person, String what, Throwable cause) {
    return Refusal.code(cause)
        .map(code -> event(room, person, what, Phase.FAIL).from(code))
        .orElseGet(() -> event(room, person, what, Phase.INFO));
  }

  private static Event.Draft event(Room room, Person person, String what, Phase phase) {
    return Event.of(room.owner.handle(), Op.MEMBER, phase)
        .in(room.id)
        .about(person.userId())
        .noting(what);
  }
}

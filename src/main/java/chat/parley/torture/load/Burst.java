package chat.parley.torture.load;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;

/**
 * One group says as much as its devices get through, while its members are removed and brought
 * back, several at a time. Whoever was removed looks at once, by another gateway, what they can
 * still read.
 */
final class Burst {
  private static final long TALK_EVERY_MS = 10;
  private static final int SENDS_A_TICK = 10;
  private static final long REMOVE_EVERY_MS = 250;
  private static final long SHORTEST_ABSENCE_MS = 100;
  private static final long LONGEST_ABSENCE_MS = 1_500;

  /** So that there is somebody who speaks and somebody who hears it. */
  private static final int LEAST_PRESENT = 4;

  private final Vertx vertx;
  private final Crew crew;
  private final Gates gates;
  private final Random random;
  private final Comings comings;
  private Room room;
  private long talkTimer = -1;
  private long removeTimer = -1;
  private BurstCount count = BurstCount.NONE;

  Burst(Vertx vertx, Crew crew, Gates gates, Random random, Comings comings) {
    this.vertx = vertx;
    this.crew = crew;
    this.gates = gates;
    this.random = random;
    this.comings = comings;
  }

  void begin() {
    count = BurstCount.NONE;
    room = crew.groups().get(random.nextInt(crew.groups().size()));
    talkTimer = vertx.setPeriodic(TALK_EVERY_MS, tick -> talk());
    removeTimer = vertx.setPeriodic(REMOVE_EVERY_MS, tick -> removeSomebody());
  }

  /** What came of it. Those who were removed are brought back in their time. */
  BurstCount stop() {
    vertx.cancelTimer(talkTimer);
    vertx.cancelTimer(removeTimer);
    return count;
  }

  private void talk() {
    List<Device> able =
        room.present().stream()
            .flatMap(person -> crew.devicesOf(person).stream())
            .filter(Device::maySend)
            .toList();
    for (int i = 0; i < SENDS_A_TICK && !able.isEmpty(); i++) {
      Device device = able.get(random.nextInt(able.size()));
      if (device.maySend()) {
        device.send(room, "burst " + count.sends());
        count = count.sent();
      }
    }
  }

  private void removeSomebody() {
    List<Person> present = room.present();
    Person person = present.get(random.nextInt(present.size()));
    if (person == room.owner || present.size() < LEAST_PRESENT) {
      return;
    }
    room.expectNothingOf(person);
    comings
        .removeFor(room, person, random.nextLong(SHORTEST_ABSENCE_MS, LONGEST_ABSENCE_MS))
        .onSuccess(
            removed -> {
              count = count.removed();
              crew.devicesOf(person).forEach(device -> device.lookBack(room, gates.any(random)));
            });
  }
}

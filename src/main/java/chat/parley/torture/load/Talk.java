package chat.parley.torture.load;

import io.vertx.core.Vertx;
import java.util.List;
import java.util.Random;

/**
 * Sends at a steady rate, whatever the answers; some messages twice, on another way. Where guests
 * are gathered it says fewer, so that as many are delivered as before: they are there for what many
 * devices do to a cluster, not for how much a machine carries.
 */
final class Talk {
  private static final long TICK_MS = 20;
  private static final long LATEST_DUPLICATE_MS = 2_000;
  private static final double SHARE_OF_DUPLICATES = 0.04;
  private static final double SHARE_OF_BIG = 0.03;
  private static final double BIG_AND_QUIET = 0.11;
  private static final double SHARE_OF_GROUPS = 0.35;
  private static final int LONG_TEXT = 4_000;
  private static final int SHORT_TEXT = 120;
  private static final double SHARE_OF_LONG = 0.01;
  private static final long NANOS = 1_000_000_000L;

  private final Vertx vertx;
  private final Crew crew;
  private final Gates gates;
  private final Random random;
  private final int rate;
  private final int devicesAtFirst;
  private long timer = -1;
  private long tickedAt;
  private double owed;

  Talk(Vertx vertx, Crew crew, Gates gates, Random random, int rate) {
    this.vertx = vertx;
    this.crew = crew;
    this.gates = gates;
    this.random = random;
    this.rate = rate;
    this.devicesAtFirst = crew.allDevices().size();
  }

  void begin() {
    tickedAt = System.nanoTime();
    timer = vertx.setPeriodic(TICK_MS, tick -> tick());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  /** After a stall of ours the rate goes on; what was missed is not made up for all at once. */
  private void tick() {
    long now = System.nanoTime();
    owed = Math.min(rate, owed + (double) (now - tickedAt) * ratePerSecond() / NANOS);
    tickedAt = now;
    for (; owed >= 1; owed--) {
      say();
    }
  }

  private double ratePerSecond() {
    return (double) rate * devicesAtFirst / crew.allDevices().size();
  }

  private void say() {
    Room room = room();
    List<Device> able =
        crew.devicesOf(room.anyPresent(random)).stream().filter(Device::maySend).toList();
    if (able.isEmpty()) {
      return;
    }
    Device device = able.get(random.nextInt(able.size()));
    Outgoing message = device.send(room, text());
    if (random.nextDouble() < SHARE_OF_DUPLICATES) {
      // At once too: then both are under way together.
      vertx.setTimer(
          1 + random.nextLong(LATEST_DUPLICATE_MS),
          due -> device.duplicate(message, gates.any(random)));
    }
  }

  private Room room() {
    double which = random.nextDouble();
    if (which < SHARE_OF_BIG) {
      return crew.big();
    }
    return any(
        which < BIG_AND_QUIET
            ? crew.quiet()
            : which < BIG_AND_QUIET + SHARE_OF_GROUPS ? crew.groups() : crew.dms());
  }

  private Room any(List<Room> rooms) {
    return rooms.get(random.nextInt(rooms.size()));
  }

  private String text() {
    int length = random.nextDouble() < SHARE_OF_LONG ? LONG_TEXT : 1 + random.nextInt(SHORT_TEXT);
    StringBuilder text = new StringBuilder(length);
    random.ints(length, 'a', 'z' + 1).forEach(letter -> text.append((char) letter));
    return text.toString();
  }
}

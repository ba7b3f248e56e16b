package chat.parley.torture.load;

import chat.parley.client.Change;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Read cursors move: mostly on, at times (a device that was behind, a frame that was late) to a
 * number before. And people look at who has read what.
 */
final class Reading {
  private static final long EVERY_MS = 150;
  private static final double SHARE_OF_STALE = 0.25;
  private static final double SHARE_OF_LOOKS = 0.25;

  private final Vertx vertx;
  private final Crew crew;
  private final Gates gates;
  private final Random random;
  private long timer = -1;

  Reading(Vertx vertx, Crew crew, Gates gates, Random random) {
    this.vertx = vertx;
    this.crew = crew;
    this.gates = gates;
    this.random = random;
  }

  void begin() {
    timer = vertx.setPeriodic(EVERY_MS, tick -> step());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void step() {
    List<Room> rooms = new ArrayList<>(crew.dms());
    rooms.addAll(crew.groups());
    Room room = rooms.get(random.nextInt(rooms.size()));
    List<Device> devices = crew.devicesOf(room.anyPresent(random));
    Device device = devices.get(random.nextInt(devices.size()));
    if (random.nextDouble() < SHARE_OF_LOOKS) {
      device.look(room, gates.any(random));
    } else if (device.isOn()) {
      read(device, room);
    }
  }

  private void read(Device device, Room room) {
    Change newest = device.newest(room);
    if (newest != null && newest.seq() > 0) {
      long seq = newest.seq();
      boolean stale = random.nextDouble() < SHARE_OF_STALE;
      device.read(room, stale ? 1 + random.nextLong(seq) : seq);
    }
  }
}

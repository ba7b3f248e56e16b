package chat.parley.torture.load;

import io.vertx.core.Vertx;
import java.util.Random;

/** Devices lose their connection, or are off for some seconds and come back at another gateway. */
final class Wandering {
  private static final long EVERY_MS = 700;
  private static final double SHARE_OF_LONG_ABSENCES = 0.3;
  private static final long SHORTEST_ABSENCE_MS = 500;
  private static final long LONGEST_ABSENCE_MS = 6_000;

  private final Vertx vertx;
  private final Crew crew;
  private final Gates gates;
  private final Random random;
  private long timer = -1;

  Wandering(Vertx vertx, Crew crew, Gates gates, Random random) {
    this.vertx = vertx;
    this.crew = crew;
    this.gates = gates;
    this.random = random;
  }

  void begin() {
    timer = vertx.setPeriodic(EVERY_MS, tick -> step());
  }

  /** Nobody leaves any more. Those who are away come back in their time. */
  void stop() {
    vertx.cancelTimer(timer);
  }

  private void step() {
    Device device = crew.anyDevice(random);
    if (random.nextDouble() < SHARE_OF_LONG_ABSENCES) {
      sendAway(device);
    } else {
      device.loseConnection();
    }
  }

  /** Turns a device off for a while; does nothing to one that is off. */
  void sendAway(Device device) {
    if (!device.isOn()) {
      return;
    }
    long absence = random.nextLong(SHORTEST_ABSENCE_MS, LONGEST_ABSENCE_MS);
    device
        .turnOff()
        .onComplete(off -> vertx.setTimer(absence, due -> device.turnOn(gates.any(random))));
  }
}

package chat.parley.client;

import java.time.Duration;

/** Patience that suits tests on loopback. */
public final class QuickSettings {
  private QuickSettings() {}

  public static ClientSettings get() {
    return new ClientSettings(
        Duration.ofMillis(5),
        Duration.ofMillis(40),
        Duration.ofMillis(20),
        Duration.ofSeconds(2),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofSeconds(2),
        100,
        50,
        5);
  }
}

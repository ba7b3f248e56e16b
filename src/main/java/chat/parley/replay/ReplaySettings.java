package chat.parley.replay;

import chat.parley.client.ClientSettings;
import java.net.URI;
import java.time.Duration;

/**
 * How a log is replayed.
 *
 * @param server the server's root, {@code http://host:port}
 * @param speed how many times faster than the log's own clock
 * @param seed of all jitter
 * @param setupWidth how many users are made at a time: hashing a password costs the server a fifth
 *     of a second
 * @param patience how long a REST call is tried again through lost connections and busy answers
 * @param settle the longest wait for the last acks, and again for the last deliveries
 */
public record ReplaySettings(
    URI server,
    double speed,
    String title,
    long seed,
    int setupWidth,
    Duration patience,
    Duration settle,
    ClientSettings client) {

  /** Usual patience. */
  public static ReplaySettings of(URI server, double speed, String title, long seed) {
    return new ReplaySettings(
        server,
        speed,
        title,
        seed,
        4,
        Duration.ofMinutes(2),
        Duration.ofMinutes(1),
        ClientSettings.defaults());
  }
}

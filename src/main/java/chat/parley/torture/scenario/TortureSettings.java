package chat.parley.torture.scenario;

import chat.parley.torture.load.LoadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to torture, and how.
 *
 * @param dataDirectory of the cluster; made if absent
 * @param histories where histories are written; made if absent
 * @param roles of each node, separated by commas; empty text is all roles
 * @param warmUp under load before the first fault
 * @param length from the first fault on; a scenario is repeated while there is time, and does all
 *     of one round in any case
 * @param calm under load after the last fault
 * @param settle how long to wait for the last acks and deliveries; longer where a send may wait
 *     longer for its ack
 * @param longestAckGap instead of the scenarios' own bounds, which suit an idle machine
 */
public record TortureSettings(
    Path dataDirectory,
    Path histories,
    List<String> roles,
    LoadSettings load,
    Duration warmUp,
    Duration length,
    Duration calm,
    Duration settle,
    Optional<Duration> longestAckGap) {

  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration SHORTEST_CALM = Duration.ofSeconds(3);
  private static final Duration LONGEST_CALM = Duration.ofSeconds(8);
  private static final Duration SETTLE = Duration.ofSeconds(90);

  public TortureSettings {
    roles = List.copyOf(roles);
  }

  /** Some minutes a scenario, of which a sixth at most is warm-up, and a half at most calm. */
  public static TortureSettings of(
      Path dataDirectory, List<String> roles, LoadSettings load, Duration length) {
    Duration sixth = length.dividedBy(6);
    return new TortureSettings(
        dataDirectory.resolve("cluster"),
        dataDirectory.resolve("histories"),
        roles,
        load,
        sixth.compareTo(WARM_UP) < 0 ? sixth : WARM_UP,
        length,
        calm(length.dividedBy(2)),
        SETTLE,
        Optional.empty());
  }

  private static Duration calm(Duration wanted) {
    return wanted.compareTo(SHORTEST_CALM) < 0
        ? SHORTEST_CALM
        : wanted.compareTo(LONGEST_CALM) > 0 ? LONGEST_CALM : wanted;
  }

  /** The same with one bound for the time without an ack in every scenario. */
  public TortureSettings withLongestAckGap(Duration bound) {
    return new TortureSettings(
        dataDirectory, histories, roles, load, warmUp, length, calm, settle, Optional.of(bound));
  }

  /** The same with another load. */
  public TortureSettings withLoad(LoadSettings other) {
    return new TortureSettings(
        dataDirectory, histories, roles, other, warmUp, length, calm, settle, longestAckGap);
  }
}

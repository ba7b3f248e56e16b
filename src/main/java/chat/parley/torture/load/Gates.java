package chat.parley.torture.load;

import chat.parley.client.ClientGroup;
import chat.parley.client.ClientSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/** The ways into a cluster: a group of clients a gateway. */
public final class Gates {
  private final List<ClientGroup> groups;

  private Gates(List<ClientGroup> groups) {
    this.groups = groups;
  }

  /**
   * One gate for each address.
   *
   * @param vertx with one event loop
   */
  public static Gates open(Vertx vertx, List<URI> gateways, Random random) {
    return new Gates(
        gateways.stream()
            .map(at -> ClientGroup.open(vertx, at, settings(), random, System::nanoTime))
            .toList());
  }

  /** As phones are, but back sooner: what is waited for here is the server. */
  private static ClientSettings settings() {
    ClientSettings usual = ClientSettings.defaults();
    return new ClientSettings(
        Duration.ofMillis(100),
        usual.gapPatience(),
        Duration.ofMillis(500),
        usual.answerWithin(),
        usual.backoffFirst(),
        Duration.ofSeconds(2),
        Duration.ofSeconds(3),
        usual.maxPending(),
        usual.maxHeld(),
        usual.syncLimit());
  }

  int size() {
    return groups.size();
  }

  /** The gate with this number, whatever the number. */
  ClientGroup at(int number) {
    return groups.get(Math.floorMod(number, groups.size()));
  }

  ClientGroup any(Random random) {
    return groups.get(random.nextInt(groups.size()));
  }

  /** Closes all devices and connections. */
  public Future<Void> close() {
    return Future.join(groups.stream().map(ClientGroup::close).toList()).mapEmpty();
  }
}

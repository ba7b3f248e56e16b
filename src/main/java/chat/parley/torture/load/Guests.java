package chat.parley.torture.load;

import chat.parley.client.Credentials;
import chat.parley.client.Parallel;
import chat.parley.torture.history.History;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Further devices of the people of a run, all at one gateway: for what is hard because they are
 * many. They say nothing, and see and write down all that their people's other devices do.
 */
final class Guests {
  private final History history;
  private final Crew crew;
  private final Gates gates;
  private final Population population;
  private final List<Device> all = new ArrayList<>();

  Guests(History history, Crew crew, Gates gates, Population population) {
    this.history = history;
    this.crew = crew;
    this.gates = gates;
    this.population = population;
  }

  /**
   * Brings so many more of each person to this gate.
   *
   * @return how many there are
   */
  Future<Integer> gather(int gate, int each) {
    return Parallel.each(
            1,
            List.copyOf(crew.devices().keySet()),
            person ->
                population
                    .moreDevices(person, each)
                    .onSuccess(signedIn -> signedIn.forEach(one -> turnOn(person, one, gate))))
        .map(done -> all.size());
  }

  private void turnOn(Person person, Credentials credentials, int gate) {
    List<Device> own = crew.devicesOf(person);
    Device device = new Device(history, person, own.size(), credentials, crew.byId());
    own.add(device);
    all.add(device);
    device.turnOn(gates.at(gate));
  }

  /** How many have no connection now. */
  int outside() {
    return (int) all.stream().filter(device -> !device.isConnected()).count();
  }
}

package chat.parley.torture.load;

import chat.parley.torture.history.History;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the crew of one history, step by step. */
final class Casting {
  private final History history;
  private final Population population;
  private final Rooms rooms;
  private final LoadSettings settings;
  private List<Person> people;
  private List<Person> silent;
  private List<Room> dms;
  private List<Room> groups;

  Casting(History history, Population population, Rooms rooms, LoadSettings settings) {
    this.history = history;
    this.population = population;
    this.rooms = rooms;
    this.settings = settings;
  }

  Future<Crew> crew() {
    return population
        .cast(settings.people(), settings.devicesEach())
        .compose(
            made -> {
              people = made;
              return population.silent(Math.max(0, settings.bigGroup() - settings.people()));
            })
        .compose(
            made -> {
              silent = made;
              return rooms.dms(people, settings.dms() + settings.quiet());
            })
        .compose(
            made -> {
              dms = made;
              return rooms.groups(people, settings.groups(), settings.groupSize());
            })
        .compose(
            made -> {
              groups = made;
              return rooms.group(people, silent);
            })
        .map(big -> crew(big));
  }

  private Crew crew(Room big) {
    Map<String, Room> byId = new HashMap<>();
    Map<Person, List<Device>> devices = new LinkedHashMap<>();
    for (Person person : people) {
      List<Device> own = new ArrayList<>();
      for (int i = 0; i < person.devices().size(); i++) {
        own.add(new Device(history, person, i, person.devices().get(i), byId));
      }
      devices.put(person, own);
    }
    int busy = settings.dms();
    Crew crew =
        new Crew(
            dms.subList(0, busy),
            dms.subList(busy, dms.size()),
            groups,
            big,
            byId,
            devices,
            silent);
    crew.rooms().forEach(room -> byId.put(room.id, room));
    return crew;
  }
}

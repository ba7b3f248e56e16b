package chat.parley.torture.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Who and what there is: conversations, and the devices of those who are in them.
 *
 * @param byId all conversations
 * @param devices of each, the first ones first; guests are added
 * @param silent members of the big one who have no device
 */
record Crew(
    List<Room> dms,
    List<Room> quiet,
    List<Room> groups,
    Room big,
    Map<String, Room> byId,
    Map<Person, List<Device>> devices,
    List<Person> silent) {
  List<Device> devicesOf(Person person) {
    return devices.get(person);
  }

  List<Device> allDevices() {
    return devices.values().stream().flatMap(List::stream).toList();
  }

  Device anyDevice(Random random) {
    List<Device> all = allDevices();
    return all.get(random.nextInt(all.size()));
  }

  List<Room> rooms() {
    List<Room> rooms = new ArrayList<>(dms);
    rooms.addAll(quiet);
    rooms.addAll(groups);
    rooms.add(big);
    return rooms;
  }
}

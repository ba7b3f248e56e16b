package chat.parley.torture.load;

import chat.parley.client.Credentials;
import chat.parley.client.ParleyApi;
import java.util.List;

/**
 * Somebody who was made for this run.
 *
 * @param password kept for fresh devices at the end
 * @param devices signed in; none where this one is only a name on the list of a large group
 */
public record Person(String handle, String password, String userId, List<Credentials> devices) {

  public Person {
    devices = List.copyOf(devices);
  }

  /** The calls as this person's first device. */
  ParleyApi at(ParleyApi gateway) {
    return gateway.as(devices.get(0));
  }
}

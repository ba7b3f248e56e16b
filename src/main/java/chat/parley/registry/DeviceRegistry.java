package chat.parley.registry;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Which gateway nodes hold connections of which users' devices. Soft state with an end time,
 * rebuilt by the gateways' refresh: it is a hint for where to deliver, never a fact about what was
 * delivered.
 */
public interface DeviceRegistry {
  /** What the session of a call that waits, and has no socket, begins with. */
  String CALL = "call-";

  /**
   * Says that this node holds a session of the device. Completes when every node's look-up sees it,
   * so that a change fanned out afterwards reaches this node.
   */
  Future<Void> register(UserId user, DeviceId device, String sessionId);

  /** Takes that back. Other sessions of the device stay. */
  Future<Void> unregister(UserId user, DeviceId device, String sessionId);

  /**
   * The gateway nodes, alive now, that hold a device of these users. Users without a connected
   * device are absent. An entry of a node that has left the cluster is never returned.
   */
  Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users);

  /**
   * Tells of each user of whom the cluster had lost a session of this node, as soon as that is
   * mended: what went out meanwhile may have passed its device by. On any thread.
   */
  default void onForgotten(Consumer<UserId> listener) {}

  /**
   * This node's gateway hears the bus and is about to let devices in. Until this has completed it
   * must hold none.
   */
  Future<Void> openGateway();

  /** This node's gateway holds no device and will hold none any more. */
  Future<Void> closeGateway();

  /**
   * Whether the node's gateway may hold devices. A node is in the cluster some seconds before its
   * gateway listens and for some after it has stopped; who has something for its devices then has
   * nothing to bring.
   */
  Future<Boolean> isGatewayOpen(String node);

  /** The nodes at which these users have a socket: a call that waits is none. */
  default Future<Map<UserId, Set<String>>> socketsOf(Collection<UserId> users) {
    return gatewaysOf(users);
  }
}

package chat.parley.torture.scenario;

import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevNode;
import chat.parley.devcluster.FaultProxy;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What stands before the gateways of a real cluster: an address each that leads to its gateway, or
 * to the others in turn while that is down. So clients need not know who is alive.
 */
final class Doors implements AutoCloseable {
  private final List<DevNode> gateways;
  private final List<FaultProxy> doors = new ArrayList<>();
  private final AtomicInteger detours = new AtomicInteger();

  Doors(DevCluster cluster) {
    gateways = cluster.nodes().stream().filter(DevNode::isGateway).toList();
    for (int i = 0; i < gateways.size(); i++) {
      int own = i;
      doors.add(FaultProxy.listen(0, () -> behind(own).httpPort(), port -> ""));
    }
  }

  /** Whoever is frozen still has its port: a connection to it would wait for nothing. */
  private DevNode behind(int own) {
    DevNode gateway = gateways.get(own);
    if (isOpen(gateway)) {
      return gateway;
    }
    List<DevNode> others = gateways.stream().filter(Doors::isOpen).toList();
    return others.isEmpty()
        ? gateway
        : others.get(Math.floorMod(detours.getAndIncrement(), others.size()));
  }

  private static boolean isOpen(DevNode gateway) {
    return gateway.hasStarted() && !gateway.isPaused();
  }

  List<URI> addresses() {
    return doors.stream().map(door -> URI.create("http://127.0.0.1:" + door.port())).toList();
  }

  @Override
  public void close() {
    doors.forEach(FaultProxy::close);
  }
}

package chat.parley.devcluster;

import chat.parley.embedded.EmbeddedSettings.Door;
import chat.parley.embedded.Ports;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;

/**
 * The proxies of a cluster: each node has its own to Cassandra and to Kafka, and others reach each
 * node by proxies that know who comes, one for the cluster's own traffic and one for the event bus.
 * Telling nodes apart needs Linux.
 */
public final class DevProxies implements AutoCloseable {
  private final Map<String, FaultProxy> cassandra = new LinkedHashMap<>();
  private final Map<String, FaultProxy> kafka = new LinkedHashMap<>();
  private final Map<String, FaultProxy> members = new LinkedHashMap<>();
  private final Map<String, FaultProxy> bus = new LinkedHashMap<>();
  private final Map<String, Integer> busPorts = new HashMap<>();
  private final List<Door> doors = new ArrayList<>();

  /**
   * Listens, on ports kept from the last start where they are free.
   *
   * @param memberPorts what each node listens on for the cluster's own traffic
   * @param cassandraPort asked when a node connects
   * @param nodeAt names the node that a local port belongs to
   */
  DevProxies(
      Map<String, Integer> memberPorts,
      Ports ports,
      IntSupplier cassandraPort,
      IntFunction<String> nodeAt) {
    memberPorts.forEach(
        (node, memberPort) -> {
          int busPort = ports.chosen(node + ".bus");
          int door = ports.chosen(node + ".kafka-door");
          busPorts.put(node, busPort);
          cassandra.put(node, listen(ports, node + ".to-cassandra", cassandraPort, nodeAt));
          kafka.put(node, listen(ports, node + ".to-kafka", () -> door, nodeAt));
          members.put(node, listen(ports, node + ".members", () -> memberPort, nodeAt));
          bus.put(node, listen(ports, node + ".to-bus", () -> busPort, nodeAt));
          doors.add(new Door(door, kafka.get(node).port()));
        });
  }

  private static FaultProxy listen(
      Ports ports, String name, IntSupplier target, IntFunction<String> nodeAt) {
    return FaultProxy.listen(ports.chosen(name), target, nodeAt);
  }

  /** Kafka's, one for each proxy to it. */
  List<Door> doors() {
    return List.copyOf(doors);
  }

  /** What a node is told, so that its ways lead through its proxies. */
  Map<String, String> settings(String node) {
    return Map.of(
        "cassandra.contact-points", at(cassandra, node),
        "kafka.bootstrap-servers", at(kafka, node),
        "cluster.public-port", Integer.toString(members.get(node).port()),
        "cluster.bus-port", Integer.toString(busPorts.get(node)),
        "cluster.public-bus-port", Integer.toString(bus.get(node).port()),
        "cluster.members",
            String.join(",", members.keySet().stream().map(other -> at(members, other)).toList()));
  }

  private static String at(Map<String, FaultProxy> proxies, String node) {
    return "127.0.0.1:" + proxies.get(node).port();
  }

  /** From this node to Cassandra; the client of its connections is the node itself. */
  public FaultProxy cassandra(DevNode node) {
    return cassandra.get(node.name());
  }

  /** From this node to Kafka. */
  public FaultProxy kafka(DevNode node) {
    return kafka.get(node.name());
  }

  /** From the others to this node's member of the cluster; its clients are named as nodes are. */
  public FaultProxy members(DevNode node) {
    return members.get(node.name());
  }

  /** From the others to this node's event bus; its clients are named as nodes are. */
  public FaultProxy bus(DevNode node) {
    return bus.get(node.name());
  }

  /**
   * Nothing that this node says reaches the other any more, on whichever connection; what the other
   * says still reaches it. It arrives after {@link #heal}, as far as the connections are still
   * there.
   */
  public void silence(DevNode from, DevNode to) {
    for (Map<String, FaultProxy> proxies : List.of(members, bus)) {
      deafen(proxies.get(to.name()), from.name(), Fault.Way.TO_SERVER);
      deafen(proxies.get(from.name()), to.name(), Fault.Way.TO_CLIENT);
    }
  }

  /** Adds to what the client suffers already, so that silence both ways is a split. */
  private static void deafen(FaultProxy proxy, String client, Fault.Way way) {
    Fault now = proxy.faultOf(client);
    proxy.set(
        client,
        way == Fault.Way.TO_SERVER
            ? new Fault(Fault.Flow.HOLD, now.toClient())
            : new Fault(now.toServer(), Fault.Flow.HOLD));
  }

  /**
   * What this node has said and the others have not heard is lost, as with a machine that dies: its
   * connections to them are reset, until {@link #heal}.
   */
  public void lose(DevNode from) {
    for (Map<String, FaultProxy> proxies : List.of(members, bus)) {
      proxies.values().forEach(proxy -> proxy.set(from.name(), Fault.CUT));
    }
  }

  /** These two no longer hear each other, and nobody tells them; both still reach the stores. */
  public void split(DevNode one, DevNode other) {
    silence(one, other);
    silence(other, one);
  }

  /** Splits the node from all others of these. */
  public void isolate(DevNode node, List<DevNode> all) {
    all.stream().filter(other -> other != node).forEach(other -> split(node, other));
  }

  /** Ends every fault of every proxy. */
  public void heal() {
    all().forEach(FaultProxy::heal);
  }

  private List<FaultProxy> all() {
    List<FaultProxy> all = new ArrayList<>();
    List.of(cassandra, kafka, members, bus).forEach(some -> all.addAll(some.values()));
    return all;
  }

  @Override
  public void close() {
    all().forEach(FaultProxy::close);
  }
}

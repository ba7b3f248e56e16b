package chat.parley.devcluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;

/**
 * A TCP proxy on loopback that can be told to do harm: to all connections, or to those of one
 * client only. A fault holds for connections that are there and for new ones, until the next. What
 * passes is never altered, and its order is kept.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int CONNECT_MS = 5_000;
  private static final int BACKLOG = 256;

  private final ServerSocket listener;
  private final IntSupplier target;
  private final IntFunction<String> whoIs;
  private final Set<ProxyLink> links = ConcurrentHashMap.newKeySet();
  private final Map<String, Fault> ofClients = new ConcurrentHashMap<>();
  private final AtomicLong touched = new AtomicLong();
  private volatile Fault ofAll = Fault.NONE;

  private FaultProxy(ServerSocket listener, IntSupplier target, IntFunction<String> whoIs) {
    this.listener = listener;
    this.target = target;
    this.whoIs = whoIs;
  }

  /** Listens on a free port, for a server on this port of loopback. */
  public static FaultProxy to(int targetPort) {
    return listen(0, () -> targetPort, port -> "");
  }

  /**
   * Listens.
   *
   * @param port on loopback; 0 takes a free one
   * @param target asked at each new connection
   * @param whoIs names the client that connected from this port, for faults of one client only
   * @throws UncheckedIOException where the port is taken
   */
  public static FaultProxy listen(int port, IntSupplier target, IntFunction<String> whoIs) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.setReuseAddress(true);
      listener.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), BACKLOG);
      FaultProxy proxy = new FaultProxy(listener, target, whoIs);
      daemon("fault-proxy-" + proxy.port(), proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("A proxy cannot listen on port " + port, e);
    }
  }

  static void daemon(String name, Runnable work) {
    Thread thread = new Thread(null, work, name, 128 * 1024);
    thread.setDaemon(true);
    thread.start();
  }

  /** Where clients connect, on 127.0.0.1. */
  public int port() {
    return listener.getLocalPort();
  }

  /** Connections that are there now. */
  public int connections() {
    return links.size();
  }

  /**
   * How many pieces of traffic a fault has held up, made late or thrown away, and how many
   * connections it has cut, since the beginning: whether a fault met anything at all.
   */
  public long touched() {
    return touched.get();
  }

  void touch() {
    touched.incrementAndGet();
  }

  /** From now on this happens to every connection; what was said for single clients is over. */
  public void set(Fault fault) {
    ofClients.clear();
    ofAll = fault;
    links.forEach(ProxyLink::faultChanged);
  }

  /** From now on this happens to one client's connections, whatever happens to all. */
  public void set(String client, Fault fault) {
    ofClients.put(client, fault);
    links.forEach(ProxyLink::faultChanged);
  }

  /** Ends every fault. */
  public void heal() {
    set(Fault.NONE);
  }

  Fault faultOf(String client) {
    return ofClients.getOrDefault(client, ofAll);
  }

  void forget(ProxyLink link) {
    links.remove(link);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        daemon("fault-proxy-" + port() + "-connect", () -> connect(client));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          Thread.yield(); // a client that was gone before it was here, or no file descriptor left
        }
      }
    }
  }

  private void connect(Socket client) {
    ProxyLink link = new ProxyLink(this, whoIs.apply(client.getPort()), client);
    links.add(link);
    try {
      link.open(new InetSocketAddress("127.0.0.1", target.getAsInt()), CONNECT_MS);
    } catch (IOException e) {
      link.reset(); // as if nobody listened
    }
    if (listener.isClosed()) {
      link.reset();
    }
  }

  /** Stops listening and resets what is connected. */
  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    links.forEach(ProxyLink::reset);
  }
}

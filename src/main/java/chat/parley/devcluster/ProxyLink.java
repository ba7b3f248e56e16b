package chat.parley.devcluster;

import chat.parley.devcluster.Fault.Flow;
import chat.parley.devcluster.Fault.Kind;
import chat.parley.devcluster.Fault.Way;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** One connection through a proxy, and what befalls it. */
final class ProxyLink {
  private final FaultProxy proxy;
  private final String clientName;
  private final Socket client;
  private final Socket server = new Socket();
  private final Set<Way> lost = EnumSet.noneOf(Way.class);
  private boolean closed;
  private int ended;

  ProxyLink(FaultProxy proxy, String clientName, Socket client) {
    this.proxy = proxy;
    this.clientName = clientName;
    this.client = client;
  }

  /**
   * Connects to the server and begins to carry bytes; resets the client where connections are cut.
   */
  void open(InetSocketAddress target, int timeoutMs) throws IOException {
    if (fault().cuts()) {
      proxy.touch();
      reset();
      return;
    }
    server.connect(target, timeoutMs);
    client.setTcpNoDelay(true);
    server.setTcpNoDelay(true);
    new ProxyPipe(this, Way.TO_SERVER, client, server).begin();
    new ProxyPipe(this, Way.TO_CLIENT, server, client).begin();
  }

  private Fault fault() {
    return proxy.faultOf(clientName);
  }

  Flow flow(Way way) {
    return fault().flow(way);
  }

  /** A piece of traffic does not pass at once. */
  void touched() {
    proxy.touch();
  }

  /** A link that has lost bytes cannot go on: what follows would make no sense to its reader. */
  synchronized void faultChanged() {
    Fault now = fault();
    if (now.cuts() && !closed) {
      proxy.touch();
    }
    if (now.cuts() || lost.stream().anyMatch(way -> now.flow(way).kind() != Kind.SWALLOW)) {
      reset();
    }
    notifyAll();
  }

  /**
   * Waits until bytes that came in at this time may leave.
   *
   * @return whether they may; else they are lost
   */
  synchronized boolean awaitLeave(Way way, long cameNanos) throws InterruptedException {
    while (!closed) {
      Flow flow = flow(way);
      long left = cameNanos + flow.late().toNanos() - System.nanoTime();
      if (flow.kind() == Kind.CUT) {
        reset();
      } else if (flow.kind() == Kind.SWALLOW) {
        lost.add(way);
        return false;
      } else if (flow.kind() == Kind.HOLD) {
        wait();
      } else if (left <= 0) {
        return true;
      } else {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    }
    return false;
  }

  /** One way has come to its end; after both the link is no more. */
  synchronized void endOf(Way way) {
    ended++;
    if (ended == Way.values().length) {
      close();
    }
  }

  /** Ends it at once; both sides see a reset. */
  synchronized void reset() {
    if (!closed) {
      lingerNot(client);
      lingerNot(server);
      close();
    }
  }

  private static void lingerNot(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      return; // closed already
    }
  }

  private void close() {
    closed = true;
    proxy.forget(this);
    notifyAll();
    for (Socket socket : new Socket[] {client, server}) {
      try {
        socket.close();
      } catch (IOException e) {
        continue; // it is gone in any case
      }
    }
  }
}

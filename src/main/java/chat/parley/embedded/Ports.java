package chat.parley.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * Gives out loopback ports: the configured one, else the one of the last start, else a free one
 * that is then kept.
 */
public final class Ports {
  /**
   * Below the range from which systems take the local ports of outgoing connections, so a kept port
   * stays free.
   */
  private static final int LOWEST = 20_000;

  private static final int HIGHEST = 32_000;
  private static final int TRIES = 200;

  /**
   * All that this process has given out, for whatever: stores and nodes of a cluster have memories
   * of their own, and what is given to one of them is listened on only seconds later.
   */
  private static final Set<Integer> GIVEN_HERE = ConcurrentHashMap.newKeySet();

  private final RememberedValues remembered;
  private final RandomGenerator random;
  private final Set<Integer> given = new HashSet<>();

  Ports(RememberedValues remembered, RandomGenerator random) {
    this.remembered = remembered;
    this.random = random;
  }

  /** Ports that are remembered in this properties file, made if absent. */
  public static Ports keptIn(Path file) {
    return new Ports(new RememberedValues(file), new SecureRandom());
  }

  /**
   * The configured port, or one of our choice for 0.
   *
   * @throws EmbeddedStackException when the configured one is taken; the message names it and its
   *     setting
   */
  public int configured(String setting, int port) {
    if (port == 0) {
      return chosen(setting);
    }
    if (!take(port)) {
      throw new EmbeddedStackException(
          "Port "
              + port
              + " on 127.0.0.1 (setting "
              + setting
              + ") is taken by another program. Stop that program, or set "
              + setting
              + " to another port, or to 0 to have a free one chosen.");
    }
    remembered.put(setting, Integer.toString(port));
    return port;
  }

  /** The port of the last start if it is still free, else a free one, remembered under the name. */
  public int chosen(String name) {
    int last = remembered.number(name).map(Long::intValue).orElse(0);
    int port = last > 0 && last <= 65535 && take(last) ? last : free();
    remembered.put(name, Integer.toString(port));
    return port;
  }

  private int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = random.nextInt(LOWEST, HIGHEST);
      if (GIVEN_HERE.add(port) && take(port)) {
        return port;
      }
    }
    throw new EmbeddedStackException(
        "No free port between "
            + LOWEST
            + " and "
            + HIGHEST
            + " on 127.0.0.1 after "
            + TRIES
            + " tries.");
  }

  private boolean take(int port) {
    if (given.contains(port) || !isFree(port)) {
      return false;
    }
    GIVEN_HERE.add(port);
    return given.add(port);
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}

package chat.parley.devcluster;

import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.Progress;
import chat.parley.embedded.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;

/** What a person types to a running cluster. */
public final class DevConsole {
  private static final String HELP =
      """
      status                    who runs, where, with which process id
      kill n2                   SIGKILL
      stop n2                   as an operator does: it drains and hands over
      start n2                  start it again
      pause n2, resume n2       SIGSTOP, SIGCONT
      (cassandra and kafka can be told the same)
      quit                      stop everything""";

  private final DevCluster cluster;
  private final Progress out;
  private final Runnable quit;

  private DevConsole(DevCluster cluster, Progress out, Runnable quit) {
    this.cluster = cluster;
    this.out = out;
    this.quit = quit;
  }

  /** Listens to standard input on a thread of its own, to its end if it has one. */
  public static void begin(DevCluster cluster, Progress out, Runnable quit) {
    DevConsole console = new DevConsole(cluster, out, quit);
    Thread thread = new Thread(console::listen, "dev-console");
    thread.setDaemon(true);
    thread.start();
  }

  private void listen() {
    try {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank()) {
          obey(line.strip());
        }
      }
    } catch (IOException e) {
      out.line("Typing is no longer heard: " + e.getMessage());
    }
  }

  void obey(String line) {
    List<String> words = List.of(line.split("\\s+"));
    try {
      if (words.size() == 2) {
        obey(words.get(0), words.get(1));
        return;
      }
      switch (words.get(0)) {
        case "status" -> status();
        case "quit" -> quit.run();
        default -> out.line(HELP);
      }
    } catch (DevClusterException | EmbeddedStackException failed) {
      out.line(failed.getMessage());
    }
  }

  private void obey(String verb, String whom) {
    Optional<DevNode> node = cluster.node(whom);
    Optional<Store> store = store(whom);
    if (node.isPresent()) {
      tell(verb, node.get());
    } else if (store.isPresent()) {
      tell(verb, cluster.ownStores().orElseThrow(), store.get());
    } else {
      out.line("There is no " + whom + "; see 'status'");
    }
  }

  private Optional<Store> store(String name) {
    return cluster.ownStores().stream()
        .flatMap(stores -> stores.own().stream())
        .filter(store -> store.storeName().equalsIgnoreCase(name))
        .findFirst();
  }

  private void tell(String verb, DevNode node) {
    switch (verb) {
      case "kill" -> node.kill9();
      case "stop" -> node.stop();
      case "start" -> node.start();
      case "pause" -> node.pause();
      case "resume" -> node.resume();
      default -> out.line(HELP);
    }
    status();
  }

  private void tell(String verb, DevStores stores, Store store) {
    switch (verb) {
      case "kill" -> stores.kill9(store);
      case "stop" -> stores.stop(store);
      case "start" -> stores.start(store);
      case "pause" -> stores.pause(store);
      case "resume" -> stores.resume(store);
      default -> out.line(HELP);
    }
    status();
  }

  private void status() {
    for (DevNode node : cluster.nodes()) {
      String state =
          !node.isAlive() ? "down" : node.isPaused() ? "paused" : node.isReady() ? "ready" : "up";
      out.line(
          "%-9s %-7s process %-8d %s %s"
              .formatted(
                  node.name(),
                  state,
                  node.pid(),
                  node.isGateway() ? node.url() : "no gateway",
                  node.roles()));
    }
    cluster.ownStores().ifPresent(this::status);
  }

  private void status(DevStores stores) {
    for (Store store : stores.own()) {
      String state = !stores.isAlive(store) ? "down" : stores.isPaused(store) ? "paused" : "up";
      out.line("%-9s %-7s process %d".formatted(store.storeName(), state, stores.pid(store)));
    }
  }
}

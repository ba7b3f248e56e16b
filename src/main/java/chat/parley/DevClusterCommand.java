package chat.parley;

import chat.parley.config.SettingsException;
import chat.parley.config.SettingsSource;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterException;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.devcluster.DevConsole;
import chat.parley.embedded.EmbeddedStackException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code dev-cluster} command: several nodes in one terminal. */
@Command(
    name = "dev-cluster",
    mixinStandardHelpOptions = true,
    description = {
      "Runs several nodes on this machine over one embedded Cassandra and Kafka, each in a process of its own, to"
          + " develop and to see faults: kill, pause and start nodes by typing (say 'help' there), or from outside.",
      "Where settings name your Cassandra or Kafka, that one is used instead."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by 'quit'",
      "1:could not start, or a store it had started went away",
      "2:an option or a setting cannot be used",
      "130:stopped by SIGINT (Ctrl-C)",
      "143:stopped by SIGTERM"
    })
final class DevClusterCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec;

  @Mixin private NodeOptions nodes;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8081",
      description = "of the first node, the others' follow (${DEFAULT-VALUE}; 0 takes free ones)")
  private int httpPort;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      defaultValue = "data/cluster",
      description = "where all of it keeps its data and logs (${DEFAULT-VALUE})")
  private Path dataDir;

  @Option(
      names = "--node-heap-mib",
      paramLabel = "MIB",
      defaultValue = "256",
      description = "the heap of each node (${DEFAULT-VALUE})")
  private int heapMib;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "settings of every node and of the stores, in YAML")
  private Path config;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "any setting of every node and of the stores; may be repeated")
  private Map<String, String> set = Map.of();

  @Option(names = "--restart", description = "start a node again that ends by itself")
  private boolean restart;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile int exit;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    DevClusterPlan plan;
    try {
      plan = plan();
    } catch (SettingsException | IllegalArgumentException faults) {
      err.println("This cluster cannot be started:");
      err.println(faults.getMessage());
      return UNUSABLE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "parley-shutdown"));
    try {
      run(plan);
    } catch (DevClusterException | EmbeddedStackException | IllegalArgumentException cannotStart) {
      err.println("The cluster cannot start: " + cannotStart.getMessage());
      exit = FAILED;
    } catch (UncheckedIOException cannotWrite) {
      err.println("The cluster cannot start: " + IoFaults.said(cannotWrite));
      exit = FAILED;
    } finally {
      stopped.countDown();
    }
    return exit;
  }

  private void run(DevClusterPlan plan) throws InterruptedException {
    try (DevCluster cluster = DevCluster.start(plan, this::say)) {
      say(
          "The cluster is ready: "
              + cluster.nodes().stream()
                  .map(node -> node.name() + (node.isGateway() ? " " + node.url() : ""))
                  .collect(Collectors.joining(", ")));
      cluster.onUnexpectedExit(
          gone -> {
            say(gone.message());
            if (restart) {
              say(gone.name() + ": starting again");
              cluster.node(gone.name()).orElseThrow().start();
            } else {
              say("The others go on. 'start " + gone.name() + "' starts it again.");
            }
          });
      cluster
          .ownStores()
          .ifPresent(stores -> stores.onUnexpectedExit(gone -> lost(gone.message())));
      DevConsole.begin(cluster, this::say, stop::countDown);
      stop.await();
      say("Stopping the cluster");
    }
  }

  private void lost(String what) {
    spec.commandLine().getErr().println(what);
    exit = FAILED;
    stop.countDown();
  }

  private synchronized void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** Every fault of the settings is found before anything is started. */
  private DevClusterPlan plan() {
    List<String> each =
        nodes.each().stream().map(roles -> String.join(",", settings(roles).roles())).toList();
    NodeOptions.requireEveryRole(each);
    Settings shared = settings("");
    Map<String, String> told = new HashMap<>(set);
    if (shared.auth().signingKeyFile() != null) {
      told.put("auth.signing-key-file", shared.auth().signingKeyFile().toString());
    }
    return new DevClusterPlan(
        dataDir,
        each,
        httpPort,
        heapMib,
        Optional.ofNullable(config),
        told,
        shared.embedded(),
        Map.of(),
        false);
  }

  private Settings settings(String nodeRoles) {
    Map<String, String> values = new HashMap<>(set);
    if (!nodeRoles.isEmpty()) {
      values.put("roles", nodeRoles);
    }
    return Settings.read(SettingsSource.read(config, System.getenv(), values));
  }

  private void stopAndWait() {
    stop.countDown();
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

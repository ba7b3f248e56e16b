package chat.parley;

import chat.parley.config.SettingsException;
import chat.parley.config.SettingsSource;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.child.ParentWatch;
import io.vertx.core.Promise;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code serve} command: a node, and the stores it needs where none are named. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    description = {
      "Runs a node. Where no Cassandra or Kafka is named in the settings, it starts them itself, on loopback,"
          + " with their data in the data folder."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by the program that started it (--stop-with-parent)",
      "1:could not start, or a store it had started went away",
      "2:an option or a setting cannot be used",
      "3:cut off from the cluster: start it again",
      "4:out of memory, or the virtual machine failed otherwise: start it again",
      "130:stopped by SIGINT (Ctrl-C)",
      "143:stopped by SIGTERM"
    })
final class ServeCommand implements Callable<Integer> {
  private static final int FAILED = 1;
  private static final int UNUSABLE = 2;
  private static final int CUT_OFF = 3;
  private static final int BROKEN = 4;
  private static final long CLOSE_SECONDS = 40;
  private static final int ORPHAN_SECONDS = 10;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "settings in YAML; conf/parley.yaml shows every key")
  private Path config;

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "where browsers connect (8080; 0 takes a free one)")
  private String httpPort;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      description = "the address to listen on (127.0.0.1: this machine only)")
  private String httpHost;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "where the node and the stores it starts keep their data (data, or $PARLEY_DATA_DIR)")
  private String dataDir;

  @Option(
      names = "--roles",
      paramLabel = "ROLE[,ROLE...]",
      completionCandidates = Roles.class,
      description = "what this node does: ${COMPLETION-CANDIDATES} (all)")
  private String roles;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "any setting, over file and environment; may be repeated")
  private Map<String, String> set = Map.of();

  @Option(
      names = "--stop-with-parent",
      description =
          "stop at the end of standard input, and leave Ctrl-C to the program that holds its other end")
  private boolean stopWithParent;

  /** For the help. */
  private static final class Roles extends ArrayList<String> {
    private static final long serialVersionUID = 1;

    Roles() {
      super(Settings.ROLES);
    }
  }

  private final Promise<Void> stop = Promise.promise();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile int exit;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Settings settings;
    try {
      settings = Settings.read(SettingsSource.read(config, System.getenv(), commandLine()));
    } catch (SettingsException faults) {
      err.println("These settings cannot be used:");
      err.println(faults.getMessage());
      return UNUSABLE;
    }
    Thread.setDefaultUncaughtExceptionHandler(
        new FatalErrors(err, () -> Runtime.getRuntime().halt(BROKEN)));
    if (stopWithParent) {
      ParentWatch.begin(ORPHAN_SECONDS, "INT", "HUP");
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndWait, "parley-shutdown"));
    try {
      run(settings, out);
    } catch (EmbeddedStackException
        | IllegalStateException
        | IllegalArgumentException cannotStart) {
      err.println("Parley cannot start: " + cannotStart.getMessage());
      exit = FAILED;
    } catch (UncheckedIOException cannotWrite) {
      err.println("Parley cannot start: " + IoFaults.said(cannotWrite));
      exit = FAILED;
    } finally {
      stopped.countDown();
    }
    return exit;
  }

  private Map<String, String> commandLine() {
    Map<String, String> values = new HashMap<>(set);
    putIfSaid(values, "http.port", httpPort);
    putIfSaid(values, "http.host", httpHost);
    putIfSaid(values, "data-dir", dataDir);
    putIfSaid(values, "roles", roles);
    return values;
  }

  private static void putIfSaid(Map<String, String> values, String key, String value) {
    if (value != null) {
      values.put(key, value);
    }
  }

  private void run(Settings settings, PrintWriter out) throws InterruptedException {
    if (!settings.startsStores()) {
      serve(settings, out);
      return;
    }
    try (EmbeddedStack stack =
        EmbeddedStack.start(
            settings.embedded(),
            line -> {
              out.println(line);
              out.flush();
            })) {
      stack.onUnexpectedExit(
          gone -> {
            spec.commandLine().getErr().println(gone.message());
            exit = FAILED;
            stop.tryComplete();
          });
      serve(withStores(settings, stack), out);
      out.println("Stopping the stores");
      out.flush();
    }
  }

  private static Settings withStores(Settings settings, EmbeddedStack stack) {
    return settings.withStores(
        settings.embedded().cassandra().isPresent()
            ? List.of(address(stack.cassandraContactPoint()))
            : settings.cassandra().contactPoints(),
        settings.embedded().kafka().isPresent()
            ? List.of(stack.kafkaBootstrap())
            : settings.kafka().bootstrapServers());
  }

  private static String address(InetSocketAddress at) {
    return at.getHostString() + ":" + at.getPort();
  }

  /** Where a browser on this machine finds the page. */
  private static String url(Settings settings, int port) {
    String host = settings.http().host();
    boolean isHere = List.of("127.0.0.1", "0.0.0.0", "::1", "::").contains(host);
    return (settings.http().tls().isPresent() ? "https" : "http")
        + "://"
        + (isHere ? "localhost" : host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port;
  }

  private void serve(Settings settings, PrintWriter out) throws InterruptedException {
    long startedAt = System.nanoTime();
    out.println("Parley: joining the cluster, connecting to the stores");
    out.flush();
    Optional<Node> started = start(settings, out);
    if (started.isEmpty()) {
      return;
    }
    Node node = started.get();
    out.printf(
        "Parley is ready%s (%d s)%n",
        settings.roles().contains("gateway") ? ": open " + url(settings, node.httpPort()) : "",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt));
    if (settings.roles().contains("gateway") && settings.auth().admins().isEmpty()) {
      out.println(
          "Nobody is an admin yet. To make one: sign up, then start with --set auth.admins=HANDLE");
    }
    out.flush();
    node.cutOff()
        .onSuccess(
            why -> {
              spec.commandLine().getErr().println("Parley stops: " + why);
              exit = CUT_OFF;
              stop.tryComplete();
            });
    Blocking.await(stop.future());
    out.println("Draining");
    out.flush();
    Blocking.await(node.close());
  }

  /** Empty where it was asked to stop while a store was not there. */
  private Optional<Node> start(Settings settings, PrintWriter out) throws InterruptedException {
    try {
      return Optional.of(Blocking.await(Node.start(settings, stop.future())));
    } catch (IllegalStateException failed) {
      if (failed.getCause() instanceof StoreWait.StopAskedException asked) {
        out.println("Parley has not started: " + asked.getMessage());
        out.flush();
        return Optional.empty();
      }
      throw failed;
    }
  }

  private void stopAndWait() {
    stop.tryComplete();
    try {
      if (!stopped.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        System.err.println("Parley did not stop in time; what was acknowledged is safe");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package chat.parley.devcluster;

import chat.parley.embedded.FormerChildren;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One node of a cluster: a process that can be killed, paused, stopped and started again, always on
 * the same ports and data. Calls block; they may come from any thread but an event loop.
 */
public final class DevNode {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(45);
  private static final Duration PROBE_PATIENCE = Duration.ofSeconds(10);
  private static final int TERMINATED = 143; // a JVM that a TERM has ended says so

  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  private final NodeSpec spec;
  private final FormerChildren former;
  private final Consumer<String> output;
  private final Consumer<NodeExit> unexpected;
  private volatile Run run;

  /** One run of the program. */
  private static final class Run {
    private final Process process;

    /** Its signals go by the handle: the process's own would close what we read. */
    private final ProcessHandle handle;

    private final NodeOutput said;
    private final Signals signals;
    private volatile boolean stopping;

    private Run(Process process, NodeOutput said) {
      this.process = process;
      this.handle = process.toHandle();
      this.said = said;
      this.signals = new Signals(process.pid());
    }
  }

  DevNode(
      NodeSpec spec,
      FormerChildren former,
      Consumer<String> output,
      Consumer<NodeExit> unexpected) {
    this.spec = spec;
    this.former = former;
    this.output = output;
    this.unexpected = unexpected;
  }

  /** {@code n1} and so on. */
  public String name() {
    return spec.name();
  }

  /** What it does, separated by commas; empty text is everything. */
  public String roles() {
    return spec.roles();
  }

  /** Whether browsers can connect to it. */
  public boolean isGateway() {
    return spec.isGateway();
  }

  /** The port that browsers connect to where it is a gateway, and probes in any case. */
  public int httpPort() {
    return spec.httpPort();
  }

  /** Its root, without a slash at the end; only probes are answered where it is no gateway. */
  public String url() {
    return "http://127.0.0.1:" + spec.httpPort();
  }

  /** Its root as clients take it. */
  public URI uri() {
    return URI.create(url());
  }

  /** All that it says, over all its starts. */
  public Path log() {
    return spec.log();
  }

  /** The id of its process, the last one where it has ended. */
  public long pid() {
    return run.process.pid();
  }

  /** Whether its process is there, frozen or not. */
  public boolean isAlive() {
    return run != null && run.process.isAlive();
  }

  /** Whether its process is frozen, by {@link #pause} or by a failpoint of its own. */
  public boolean isPaused() {
    return isAlive() && run.signals.isPaused();
  }

  /** Starts it, or starts it again; does nothing where it runs. Does not wait until it is ready. */
  public void start() {
    start(Map.of());
  }

  /**
   * The same with more variables in its environment, for this run only: for a false clock or other
   * conditions that a process is born under.
   */
  public synchronized void start(Map<String, String> moreEnvironment) {
    start(moreEnvironment, Map.of());
  }

  /** The same with more settings, for this run only. */
  public synchronized void start(
      Map<String, String> moreEnvironment, Map<String, String> moreSettings) {
    if (isAlive()) {
      return;
    }
    Map<String, String> environment = new HashMap<>(spec.environment());
    environment.putAll(moreEnvironment);
    Process process = spec.launch(environment, moreSettings);
    former.record(spec.name(), process.toHandle());
    Run started = new Run(process, NodeOutput.of(process, spec.log(), output));
    run = started;
    process
        .onExit()
        .thenAccept(
            ended -> {
              if (!started.stopping) {
                unexpected.accept(exit(started));
              }
            });
  }

  private NodeExit exit(Run of) {
    List<String> lastLines = of.said.lastLines();
    return new NodeExit(
        spec.name(), of.process.pid(), of.process.exitValue(), lastLines, of.said.stops());
  }

  /** How it ended; empty while its process is there. */
  public Optional<NodeExit> exit() {
    Run last = run;
    return last == null || last.process.isAlive() ? Optional.empty() : Optional.of(exit(last));
  }

  /** Ends it with SIGKILL, paused or not, and returns when it is gone. */
  public void kill9() {
    Run last = run;
    last.stopping = true;
    last.handle.destroyForcibly();
    last.process.onExit().join();
    gone(last);
  }

  /**
   * Asks it to stop, as an operator does (SIGTERM): it drains and hands over. Wakes it first where
   * it is paused. Returns when it is gone, by force after 45 s.
   *
   * @return its exit code, 0 after a clean stop
   */
  public int stop() {
    askToStop();
    return awaitStopped();
  }

  /** The first half of {@link #stop}: does not wait. */
  void askToStop() {
    run.stopping = true;
    run.handle.destroy();
    run.signals.resume();
  }

  int awaitStopped() {
    Run last = run;
    try {
      if (!last.process.waitFor(STOP_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        last.handle.destroyForcibly();
        last.process.waitFor();
      }
    } catch (InterruptedException e) {
      last.handle.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new DevClusterException("The stop of " + spec.name() + " was interrupted", e);
    }
    gone(last);
    int code = last.process.exitValue();
    return code == TERMINATED ? 0 : code;
  }

  private void gone(Run last) {
    last.signals.resume(); // lets go of what held it
    former.forget(spec.name());
  }

  /** Stops it where it runs, and starts it again. Does not wait until it is ready. */
  public synchronized void restart() {
    if (isAlive()) {
      stop();
    }
    start();
  }

  /** Freezes it (SIGSTOP), until {@link #resume} or this process's end. Needs a {@code sh}. */
  public void pause() {
    run.signals.pause();
  }

  /** Lets a frozen one go on (SIGCONT), whatever froze it. */
  public void resume() {
    run.signals.resume();
  }

  /** Whether it takes work, by its {@code /readyz}. */
  public boolean isReady() {
    if (!hasStarted()) {
      return false;
    }
    try {
      return get("/readyz").statusCode() == 200;
    } catch (IOException notNow) {
      return false;
    }
  }

  /** Whether every stage of its roles takes work, whatever the rest of the cluster does. */
  public boolean hasStarted() {
    return isAlive() && run.said.saidReady();
  }

  /**
   * Waits until it is ready.
   *
   * @throws DevClusterException when it ends before or is not ready in time
   */
  public void awaitReady(Duration patience) {
    new StartWatch(text -> {}).await(List.of(this), DevNode::isReady, patience);
  }

  /** Its meters as text, as Prometheus reads them. */
  public String metrics() throws IOException {
    return get("/metrics").body();
  }

  private HttpResponse<String> get(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url() + path)).timeout(PROBE_PATIENCE).build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}

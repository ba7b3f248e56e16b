package chat.parley.perf;

import chat.parley.client.ClientGroup;
import chat.parley.perf.Processes.Times;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * 1:1 messages at constant rates against a running server, with what each costs, and beside each
 * rate the bare driver's insert of the same row. Prints Markdown tables; what it is doing goes to
 * the error stream. Exit 1 where a message was lost or a send failed, or anything else went wrong.
 */
@Command(name = "benchmark", mixinStandardHelpOptions = true, sortOptions = false)
final class Benchmark implements Callable<Integer> {
  private static final int SETUP_MINUTES = 10;

  @Option(names = "--server", description = "its root (${DEFAULT-VALUE})")
  private URI server = URI.create("http://localhost:8080");

  @Option(names = "--rates", split = ",", description = "messages a second (100,300,500)")
  private List<Integer> rates = List.of(100, 300, 500);

  @Option(names = "--seconds", description = "of each measurement (${DEFAULT-VALUE})")
  private int seconds = 60;

  @Option(names = "--warmup", description = "seconds at the rate before it (${DEFAULT-VALUE})")
  private int warmup = 15;

  @Option(names = "--pairs", description = "conversations, each of two users (${DEFAULT-VALUE})")
  private int pairs = 100;

  @Option(names = "--idle", description = "seconds of silence to measure first (${DEFAULT-VALUE})")
  private int idle = 10;

  @Option(names = "--server-pid", description = "for the CPU columns; the stores are its children")
  private long serverPid;

  @Option(
      names = "--cassandra",
      paramLabel = "HOST:PORT",
      description = "for the bare inserts; none without it")
  private String cassandra;

  @Option(names = "--keyspace", description = "the server's (${DEFAULT-VALUE})")
  private String keyspace = "parley";

  @Option(names = "--data-center", description = "Cassandra's (${DEFAULT-VALUE})")
  private String dataCenter = "datacenter1";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Report report = new Report();
  private Processes processes;

  /** Runs the benchmark; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Benchmark()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    processes = Processes.of(serverPid);
    say("processes " + processes.pids());
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    try {
      return measure(vertx);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private int measure(Vertx vertx) throws Exception {
    ClientGroup group = ClientGroup.open(vertx, server);
    String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    say("signing up " + 2 * pairs + " users");
    ChatLoad load =
        ChatLoad.over(
            group,
            observers ->
                new Pairs(vertx, group, runId, observers)
                    .open(pairs)
                    .await(SETUP_MINUTES, TimeUnit.MINUTES));
    // Each pair has a message before anything is measured: the first one opens the conversation.
    load.run(Math.min(100, pairs), 1 + (pairs - 1) / Math.min(100, pairs));
    idle();
    boolean whole = true;
    try (FloorLoad floor = floor(load)) {
      for (int rate : rates) {
        whole &= chat(load, rate);
        if (floor != null) {
          floor(floor, rate);
        }
      }
    }
    report.print(System.out);
    group.close().await(10, TimeUnit.SECONDS);
    return whole ? 0 : 1;
  }

  private void idle() throws InterruptedException {
    if (idle > 0 && serverPid > 0) {
      Times before = processes.times();
      TimeUnit.SECONDS.sleep(idle);
      System.out.println(Report.idle(before, processes.times(), idle));
    }
  }

  private FloorLoad floor(ChatLoad load) throws Exception {
    if (cassandra == null) {
      return null;
    }
    URI address = URI.create("cql://" + cassandra);
    FloorLoad floor =
        FloorLoad.open(
            new InetSocketAddress(address.getHost(), address.getPort()),
            dataCenter,
            keyspace,
            load.pairs().get(0).conversationId(),
            pairs);
    say("bare inserts have a payload of " + floor.payloadBytes() + " bytes");
    return floor;
  }

  private boolean chat(ChatLoad load, int rate) throws Exception {
    say("messages at " + rate + "/s for " + warmup + " + " + seconds + " s");
    load.run(rate, warmup);
    ServerCounters countersBefore = ServerCounters.read(http, server);
    Times before = processes.times();
    ChatLoad.Result result = load.run(rate, seconds);
    Times after = processes.times();
    String perMessage = ServerCounters.read(http, server).perMessage(countersBefore, result.sent());
    report.chat(rate, result, new Report.Cost(before, after, result.sent()), perMessage);
    return result.lost() == 0 && result.failed() == 0 && result.acked() == result.sent();
  }

  private void floor(FloorLoad floor, int rate) throws InterruptedException {
    say("bare inserts at " + rate + "/s for " + warmup + " + " + seconds + " s");
    floor.run(rate, warmup);
    Times before = processes.times();
    FloorLoad.Result result = floor.run(rate, seconds);
    report.floor(rate, result, new Report.Cost(before, processes.times(), result.inserted()));
  }

  private static void say(String line) {
    System.err.println(line);
  }
}

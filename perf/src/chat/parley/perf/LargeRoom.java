package chat.parley.perf;

import chat.parley.client.ClientGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * One conversation of very many members, some of them online: how long a message takes to the last
 * of their devices, how many rows it costs, and what a burst in it does to messages between two
 * people, in pairs of runs with and without it. The members are put straight into the store of a
 * server that has nothing else to do. Prints Markdown; exit 1 where a message did not reach all.
 */
@Command(name = "large-room", mixinStandardHelpOptions = true, sortOptions = false)
final class LargeRoom implements Callable<Integer> {
  private static final int SETUP_MINUTES = 10;

  @Option(names = "--server", description = "its root (${DEFAULT-VALUE})")
  private URI server = URI.create("http://localhost:8080");

  @Option(
      names = "--cassandra",
      required = true,
      paramLabel = "HOST:PORT",
      description = "the server's")
  private String cassandra;

  @Option(
      names = "--signing-key",
      required = true,
      description = "the server's: keys/signing.key in its data folder")
  private Path signingKey;

  @Option(names = "--members", description = "of the conversation (${DEFAULT-VALUE})")
  private int members = 5_000;

  @Option(names = "--online", description = "of these (${DEFAULT-VALUE})")
  private int online = 1_000;

  @Option(
      names = "--messages",
      description = "one a second, for the first table (${DEFAULT-VALUE})")
  private int messages = 30;

  @Option(names = "--pairs", description = "runs with and without the burst (${DEFAULT-VALUE})")
  private int pairs = 5;

  @Option(names = "--seconds", description = "of each such run (${DEFAULT-VALUE})")
  private int seconds = 20;

  @Option(names = "--burst", description = "messages a second in the room (${DEFAULT-VALUE})")
  private int burst = 2;

  @Option(names = "--dm-pairs", description = "conversations of two beside it (${DEFAULT-VALUE})")
  private int dmPairs = 10;

  @Option(names = "--dm-rate", description = "messages a second in all these (${DEFAULT-VALUE})")
  private int dmRate = 20;

  private final HttpClient http = HttpClient.newHttpClient();

  /** Runs the measurement; {@code --help} tells the options. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new LargeRoom()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    // A loop for the room's devices and one for the pairs, so that they hold each other up less.
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2));
    ClientGroup group = ClientGroup.open(vertx, server);
    try {
      say("putting " + members + " members into the store");
      Hall hall = Hall.make(vertx, cassandra, signingKey, members, online);
      say("signing up " + 2 * dmPairs + " people who talk in twos");
      String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
      ChatLoad chat =
          ChatLoad.over(
              group,
              observers ->
                  new Pairs(vertx, group, runId, observers)
                      .open(dmPairs)
                      .await(SETUP_MINUTES, TimeUnit.MINUTES));
      say("connecting " + online + " devices");
      Listeners room = Listeners.enter(vertx, server, hall);
      room.run(1, 5); // the first message makes it large and is everybody's first
      return measure(room, chat) ? 0 : 1;
    } finally {
      group.close().await(10, TimeUnit.SECONDS);
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private boolean measure(Listeners room, ChatLoad chat) throws Exception {
    ServerCounters before = ServerCounters.read(http, server);
    Listeners.Result alone = room.run(1, messages);
    String each = ServerCounters.read(http, server).perMessage(before, messages);
    System.out.printf(
        "%n%,d members, %,d online; from a message's due time to its last device, ms:"
            + " p50 / p95 / p99 / max = %s; reached all: %d of %d%n- %s%n",
        members, online, alone.last(), alone.whole(), messages, each);
    boolean whole = alone.whole() == messages;
    System.out.printf(
        "%n| run | dm send→delivered p50 / p95 / p99 / max, ms | room last device |%n|---|---|---|%n");
    List<Double> quiet = new ArrayList<>();
    List<Double> busy = new ArrayList<>();
    chat.run(dmRate, seconds);
    for (int i = 1; i <= pairs; i++) {
      ChatLoad.Result without = chat.run(dmRate, seconds);
      Listeners.Running under = room.begin(burst, seconds);
      ChatLoad.Result with = chat.run(dmRate, seconds);
      Listeners.Result ofRoom = under.end();
      quiet.add(without.delivery().p99());
      busy.add(with.delivery().p99());
      whole &= ofRoom.whole() == burst * seconds && without.lost() + with.lost() == 0;
      System.out.printf("| %d without | %s | |%n", i, without.delivery());
      System.out.printf("| %d with | %s | %s |%n", i, with.delivery(), ofRoom.last());
    }
    System.out.printf(
        Locale.ROOT,
        "%nMedian of the p99: %.1f ms without, %.1f ms with %d messages a second in the room%n",
        median(quiet),
        median(busy),
        burst);
    return whole;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static void say(String line) {
    System.err.println(line);
  }
}

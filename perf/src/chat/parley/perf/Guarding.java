package chat.parley.perf;

import chat.parley.client.ClientGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.URI;
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
 * What others notice when somebody misbehaves or too much is asked, against a running server: each
 * drill measures people who talk in twos without and with it, in turn, and prints a Markdown table.
 * Exit 1 where a message of theirs was lost or failed, or the drill's own promise did not hold.
 */
@Command(
    name = "guarding",
    mixinStandardHelpOptions = true,
    subcommands = {
      Guarding.Flood.class,
      SlowReaders.class,
      OverloadDrill.class,
      Storm.class,
      LimitCost.class
    })
final class Guarding {
  /** Runs a drill; {@code --help} tells which there are. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Guarding()).execute(args));
  }

  /** Where the server is, and the people who talk meanwhile. */
  static final class Target {
    @Option(names = "--server", description = "its root (${DEFAULT-VALUE})")
    URI server = URI.create("http://localhost:8080");

    @Option(names = "--cassandra", required = true, paramLabel = "HOST:PORT")
    String cassandra;

    @Option(names = "--signing-key", required = true, description = "the server's")
    Path signingKey;

    @Option(names = "--pairs", description = "conversations of two (${DEFAULT-VALUE})")
    int pairs = 10;

    @Option(names = "--rate", description = "messages a second in all of them (${DEFAULT-VALUE})")
    int rate = 50;

    @Option(names = "--seconds", description = "of each measurement (${DEFAULT-VALUE})")
    int seconds = 15;

    @Option(names = "--times", description = "without and with, in turn (${DEFAULT-VALUE})")
    int times = 3;

    Vertx vertx() {
      return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2));
    }

    /** People who talk in twos, warmed up. */
    ChatLoad people(Vertx vertx, ClientGroup group) throws Exception {
      String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
      ChatLoad load =
          ChatLoad.over(
              group,
              observers ->
                  new Pairs(vertx, group, runId, observers)
                      .open(pairs)
                      .await(10, TimeUnit.MINUTES));
      load.run(rate, 10);
      return load;
    }
  }

  static void say(String line) {
    System.err.println(line);
  }

  static boolean whole(ChatLoad.Result result) {
    return result.lost() == 0 && result.failed() == 0 && result.acked() == result.sent();
  }

  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  static String ratio(List<Double> without, List<Double> with) {
    return String.format(
        Locale.ROOT,
        "p99 send→ack of the others, medians: %.1f ms without, %.1f ms with: × %.2f",
        median(without),
        median(with),
        median(with) / Math.max(0.1, median(without)));
  }

  /** A flood by one user, by one address, into one conversation. */
  @Command(name = "flood", description = "somebody sends as much as they can")
  static final class Flood implements Callable<Integer> {
    @CommandLine.Mixin private Target target;

    @Option(names = "--flood", description = "messages a second of the flood (${DEFAULT-VALUE})")
    private int flood = 300;

    @Option(names = "--members", description = "of the flooded conversation (${DEFAULT-VALUE})")
    private int members = 40;

    @Override
    public Integer call() throws Exception {
      Vertx vertx = target.vertx();
      ClientGroup group = ClientGroup.open(vertx, target.server);
      boolean whole = true;
      try {
        ChatLoad people = target.people(vertx, group);
        System.out.println(
            "| flood | sent | acked | refused | closed | others: sent | send→ack p50 / p95 / p99 /"
                + " max ms | lost, failed |\n"
                + "|---|---|---|---|---|---|---|---|");
        for (Floods.By by : Floods.By.values()) {
          Hall hall = Hall.make(vertx, target.cassandra, target.signingKey, members, members);
          Floods floods = Floods.open(vertx, target.server, hall, by);
          List<Double> without = new ArrayList<>();
          List<Double> with = new ArrayList<>();
          for (int i = 0; i < target.times; i++) {
            whole &= measure("without", people, without, floods);
            Thread flooding = floods.begin(flood, target.seconds);
            whole &= measure(by.name().toLowerCase(Locale.ROOT), people, with, floods);
            flooding.join();
          }
          floods.close();
          System.out.println(ratio(without, with));
        }
      } finally {
        vertx.close().await(10, TimeUnit.SECONDS);
      }
      return whole ? 0 : 1;
    }

    private boolean measure(String name, ChatLoad people, List<Double> p99s, Floods floods)
        throws InterruptedException {
      floods.ping();
      Floods.Result before = floods.result();
      ChatLoad.Result result = people.run(target.rate, target.seconds);
      Floods.Result after = floods.result();
      p99s.add(result.ack().p99());
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %d | %d | %d | %d | %s | %d, %d |%n",
          name,
          after.sent() - before.sent(),
          after.acked() - before.acked(),
          after.refused() - before.refused(),
          after.closed() - before.closed(),
          result.sent(),
          result.ack(),
          result.lost(),
          result.failed());
      return whole(result);
    }
  }
}

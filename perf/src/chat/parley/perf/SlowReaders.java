package chat.parley.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Some of a conversation's devices never read: what the others notice, and what the server's heap
 * does until they are cut. Needs a server of its own.
 */
@Command(name = "slow-readers", description = "some of very many never read")
final class SlowReaders implements Callable<Integer> {
  private static final int RECEIVE_BYTES = 8_192;
  private static final int SPEAKERS = 25;
  private static final int LATE_SECONDS = 3;
  private static final String CUT = "parley_gateway_slow_readers_cut_total";

  @Mixin private Guarding.Target target;

  @Option(names = "--online", description = "devices of the conversation (${DEFAULT-VALUE})")
  private int online = 500;

  @Option(names = "--slow", description = "of these never read (${DEFAULT-VALUE})")
  private int slow = 50;

  @Option(names = "--messages", description = "a second in the conversation (${DEFAULT-VALUE})")
  private int messages = 10;

  @Option(names = "--bytes", description = "of each message's text (${DEFAULT-VALUE})")
  private int bytes = 12_000;

  @Option(names = "--server-pid", required = true, description = "whose heap is looked at")
  private long serverPid;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Bare> readers = new ArrayList<>();
  private final Histogram micros = Latency.histogram();
  private long[] dueAt = new long[0];
  private String mark = "-";
  private Context loop;

  @Override
  public Integer call() throws Exception {
    Vertx vertx = target.vertx();
    try {
      loop = vertx.getOrCreateContext();
      Hall hall = Hall.make(vertx, target.cassandra, target.signingKey, online, online);
      WebSocketClient client = Bare.client(vertx, RECEIVE_BYTES);
      for (int i = slow; i < online; i++) {
        readers.add(enter(client, hall, i));
      }
      System.out.println(
          "| slow readers | sent → a reader has it, p50 / p95 / p99 / max ms | cut (4010) | heap in"
              + " use after a collection, MiB: before, at most |\n"
              + "|---|---|---|---|");
      List<Double> without = new ArrayList<>();
      List<Double> with = new ArrayList<>();
      for (int i = 0; i < target.times; i++) {
        without.add(measure(hall, 0, false, client));
        with.add(measure(hall, slow, false, client));
      }
      measure(hall, slow, true, client);
      System.out.printf(
          Locale.ROOT,
          "p99 of those who read, medians: %.1f ms without, %.1f ms with: × %.2f%n",
          Guarding.median(without),
          Guarding.median(with),
          Guarding.median(with) / Math.max(0.1, Guarding.median(without)));
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
    return 0;
  }

  private Bare enter(WebSocketClient client, Hall hall, int index) throws Exception {
    Future<Bare> entered =
        Future.future(
            (Promise<Bare> promise) ->
                loop.runOnContext(
                    go ->
                        Bare.open(
                                client,
                                target.server.getPort(),
                                hall.tokens().get(index),
                                null,
                                null)
                            .compose(bare -> bare.inSync().map(bare))
                            .onSuccess(bare -> bare.listen(this::heard))
                            .onComplete(promise)));
    return entered.await(1, TimeUnit.MINUTES);
  }

  private void heard(String type, String text) {
    int at = type.equals("message.new") ? text.indexOf(mark) : -1;
    if (at >= 0) {
      int index = Integer.parseInt(text, at + mark.length(), text.indexOf('"', at), 10);
      Latency.note(micros, dueAt[index], System.nanoTime());
    }
  }

  private double measure(Hall hall, int stuck, boolean heap, WebSocketClient client)
      throws Exception {
    List<Bare> slowOnes = new ArrayList<>();
    for (int i = 0; i < stuck; i++) {
      Bare bare = enter(client, hall, i);
      slowOnes.add(bare);
      loop.runOnContext(go -> bare.stopReading());
    }
    double cutBefore = cut();
    long before = heap ? liveMib() : 0;
    long most = before;
    Thread speaking = speak(hall);
    while (heap && speaking.isAlive()) {
      most = Math.max(most, liveMib());
      TimeUnit.SECONDS.sleep(2);
    }
    speaking.join();
    TimeUnit.SECONDS.sleep(LATE_SECONDS);
    Promise<Latency> read = Promise.promise();
    loop.runOnContext(go -> read.complete(Latency.of(micros)));
    Latency latency = read.future().await();
    System.out.printf(
        Locale.ROOT,
        "| %d of %d | %s | %.0f | %s |%n",
        stuck,
        online - slow + stuck,
        heap ? "(not counted: collections)" : latency.toString(),
        cut() - cutBefore,
        heap ? before + ", " + most : "");
    loop.runOnContext(go -> slowOnes.forEach(Bare::close));
    return latency.p99();
  }

  /** Some of those who read speak in turn, on a thread of its own, until it is over. */
  private Thread speak(Hall hall) throws Exception {
    Promise<Void> ready = Promise.promise();
    loop.runOnContext(
        go -> {
          micros.reset();
          dueAt = new long[messages * target.seconds];
          mark = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
          ready.complete();
        });
    ready.future().await();
    String text = "x".repeat(bytes);
    String conversation = hall.conversationId().value();
    Thread speaking =
        new Thread(
            () ->
                Pacer.run(
                    messages,
                    target.seconds,
                    (index, due) -> {
                      dueAt[index] = due;
                      Bare speaker = readers.get(index % Math.min(SPEAKERS, readers.size()));
                      loop.runOnContext(go -> speaker.send(conversation, mark + index, text));
                    }),
            "speaking");
    speaking.start();
    return speaking;
  }

  /** How many slow readers the server has cut so far. */
  private double cut() throws IOException, InterruptedException {
    return ServerCounters.read(http, target.server).series().getOrDefault(CUT, 0.0);
  }

  /** What is still in use after a full collection. */
  private long liveMib() throws IOException, InterruptedException {
    Process histogram =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(serverPid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String last = "";
    try (var lines = histogram.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        last = line.startsWith("Total") ? line : last;
      }
    }
    histogram.waitFor();
    return Long.parseLong(last.strip().split("\\s+")[2]) >> 20;
  }
}

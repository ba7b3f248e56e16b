package chat.parley.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
 * Some of very many devices never read, while long messages pour into a conversation of theirs:
 * what the readers of another conversation notice, and what the server's memory does until the slow
 * ones are cut. Needs a server of its own.
 */
@Command(name = "slow-readers", description = "some of very many never read")
final class SlowReaders implements Callable<Integer> {
  private static final int RECEIVE_BYTES = 4_096;
  private static final int AT_ONCE = 32;
  private static final int SPEAKERS = 25;
  private static final int LATE_SECONDS = 3;
  private static final double MOST_TIMES_SLOWER = 1.5;
  private static final long LOOK_MS = 250;

  /** Each stops the server for a collection, and must not be what it is busy with. */
  private static final long HEAP_LOOK_MS = 4_000;

  private static final String CUT = "parley_gateway_slow_readers_cut_total";
  private static final String WAITING = "parley_gateway_bytes_waiting";

  @Mixin private Guarding.Target target;

  @Option(names = "--online", description = "devices in all (${DEFAULT-VALUE})")
  private int online = 2_000;

  @Option(names = "--slow", description = "of these never read (${DEFAULT-VALUE})")
  private int slow = 200;

  @Option(names = "--messages", description = "a second to those who read (${DEFAULT-VALUE})")
  private int messages = 2;

  @Option(names = "--pour", description = "a second to those who do not (${DEFAULT-VALUE})")
  private int pour = 12;

  @Option(names = "--bytes", description = "of each message's text there (${DEFAULT-VALUE})")
  private int bytes = 16_000;

  @Option(names = "--cap", description = "the server's max-outbound-bytes (${DEFAULT-VALUE})")
  private int cap = 2_097_152;

  @Option(names = "--server-pid", required = true, description = "whose memory is looked at")
  private long serverPid;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Bare> readers = new ArrayList<>();
  private final Histogram micros = Latency.histogram();
  private Context loop;
  private Hall readersHall;
  private long[] dueAt = new long[0];
  private String mark = "-";
  private boolean allCut = true;

  @Override
  public Integer call() throws Exception {
    Vertx vertx = target.vertx();
    try {
      loop = vertx.getOrCreateContext();
      int reading = online - slow;
      readersHall = Hall.make(vertx, target.cassandra, target.signingKey, reading, reading);
      WebSocketClient client = Bare.client(vertx, 0);
      readers.addAll(enter(client, readersHall, 0, reading));
      readers.forEach(reader -> loop.runOnContext(go -> reader.listen(this::heard)));
      Guarding.say(reading + " read, " + slow + " do not");
      System.out.println(
          "| never read | readers: from due until they have it, p50 / p95 / p99 / max ms | cut"
              + " (4010) | waiting for sockets at most, MiB (cap x slow) | live heap, MiB: before,"
              + " at most | process in memory, MiB: before, at most |\n|---|---|---|---|---|---|");
      List<Double> without = new ArrayList<>();
      List<Double> with = new ArrayList<>();
      measure(vertx, 0, false); // the server's compiler has its time
      for (int i = 0; i < target.times; i++) {
        without.add(measure(vertx, 0, false));
        with.add(measure(vertx, slow, false));
      }
      measure(vertx, slow, true);
      double ratio = Guarding.median(with) / Math.max(0.1, Guarding.median(without));
      System.out.printf(
          Locale.ROOT,
          "p99 of those who read, medians: %.1f ms without, %.1f ms with: × %.2f%n",
          Guarding.median(without),
          Guarding.median(with),
          ratio);
      return allCut && ratio <= MOST_TIMES_SLOWER ? 0 : 1;
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  /** Lets these devices in, some at a time, each in sync on return. */
  private List<Bare> enter(WebSocketClient client, Hall hall, int from, int to) throws Exception {
    List<Bare> entered = new ArrayList<>();
    for (int first = from; first < to; first += AT_ONCE) {
      List<Future<Bare>> some = new ArrayList<>();
      for (int i = first; i < Math.min(to, first + AT_ONCE); i++) {
        String token = hall.tokens().get(i);
        some.add(Future.future(promise -> loop.runOnContext(go -> open(client, token, promise))));
      }
      Future.all(some).await(1, TimeUnit.MINUTES);
      some.forEach(one -> entered.add(one.result()));
    }
    return entered;
  }

  private void open(WebSocketClient client, String token, Promise<Bare> entered) {
    Bare.open(client, target.server.getPort(), token, null, null)
        .compose(bare -> bare.inSync().map(bare))
        .onComplete(entered);
  }

  private void heard(String type, String text) {
    int at = type.equals("message.new") ? text.indexOf(mark) : -1;
    if (at >= 0) {
      int index = Integer.parseInt(text, at + mark.length(), text.indexOf('"', at), 10);
      Latency.note(micros, dueAt[index], System.nanoTime());
    }
  }

  /**
   * The same is said in both conversations, whether anybody does not read or not; that of those who
   * do not read is a new one each time, so that they have nothing to catch up with.
   */
  private double measure(Vertx vertx, int stuck, boolean heap) throws Exception {
    Hall slowHall = Hall.make(vertx, target.cassandra, target.signingKey, slow + 1, slow + 1);
    Bare pourer = enter(Bare.client(vertx, 0), slowHall, slow, slow + 1).get(0);
    List<Bare> slowOnes = enter(Bare.client(vertx, RECEIVE_BYTES), slowHall, 0, stuck);
    slowOnes.forEach(bare -> loop.runOnContext(go -> bare.stopReading()));
    double cutBefore = metric(CUT);
    long heapBefore = heap ? liveMib() : 0;
    long residentBefore = residentMib();
    List<Thread> speaking = List.of(speak(), pour(pourer, slowHall.conversationId().value()));
    long mostHeap = heapBefore;
    long mostResident = residentBefore;
    double mostWaiting = 0;
    while (speaking.get(0).isAlive() || speaking.get(1).isAlive()) {
      mostWaiting = Math.max(mostWaiting, metric(WAITING));
      mostResident = Math.max(mostResident, residentMib());
      mostHeap = heap ? Math.max(mostHeap, liveMib()) : 0;
      TimeUnit.MILLISECONDS.sleep(heap ? HEAP_LOOK_MS : LOOK_MS);
    }
    TimeUnit.SECONDS.sleep(LATE_SECONDS);
    Promise<Latency> read = Promise.promise();
    loop.runOnContext(go -> read.complete(Latency.of(micros)));
    Latency latency = read.future().await();
    double cut = metric(CUT) - cutBefore;
    allCut &= cut >= stuck;
    System.out.printf(
        Locale.ROOT,
        "| %d of %d | %s | %.0f | %.0f (%d) | %s | %d, %d |%n",
        stuck,
        online - slow + stuck,
        heap ? "(not counted: collections)" : latency.toString(),
        cut,
        mostWaiting / (1 << 20),
        ((long) cap * stuck) >> 20,
        heap ? heapBefore + ", " + mostHeap : "",
        residentBefore,
        mostResident);
    loop.runOnContext(
        go -> {
          slowOnes.forEach(Bare::close);
          pourer.close();
        });
    return latency.p99();
  }

  /** Some of those who read speak in turn, on a thread of its own, until it is over. */
  private Thread speak() throws Exception {
    Promise<Void> ready = Promise.promise();
    loop.runOnContext(
        go -> {
          micros.reset();
          dueAt = new long[messages * target.seconds];
          mark = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
          ready.complete();
        });
    ready.future().await();
    String conversation = readersHall.conversationId().value();
    return started(
        "speaking",
        messages,
        (index, due) -> {
          dueAt[index] = due;
          Bare speaker = readers.get(index % SPEAKERS);
          loop.runOnContext(go -> speaker.send(conversation, mark + index, "is it late?"));
        });
  }

  private Thread pour(Bare pourer, String conversation) {
    String text = "x".repeat(bytes);
    String own = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
    return started(
        "pouring",
        pour,
        (index, due) -> loop.runOnContext(go -> pourer.send(conversation, own + index, text)));
  }

  private Thread started(String name, int rate, Pacer.Work work) {
    Thread thread = new Thread(() -> Pacer.run(rate, target.seconds, work), name);
    thread.start();
    return thread;
  }

  private double metric(String name) throws IOException, InterruptedException {
    return ServerCounters.read(http, target.server).series().getOrDefault(name, 0.0);
  }

  /** All that the server's process has in memory, whatever for; Linux only. */
  private long residentMib() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + serverPid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
      }
    }
    return 0;
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

package chat.parley.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * More is asked than the server gets done: its capacity is measured first, by people who send the
 * next message when the last is acked; then that is asked three times over, whatever it answers.
 */
@Command(name = "overload", description = "three times what the server gets done is asked of it")
final class OverloadDrill implements Callable<Integer> {
  private static final String LEVEL = "parley_overload_level";
  private static final String SHED = "parley_overload_shed_total";
  private static final long RECOVERY_MS = 10_000;
  private static final long LOOK_MS = 250;
  private static final double LONGEST_P99_MS = 500;
  private static final long REFUSED_MS = 100;
  private static final long TYPING_MS = 200;

  @Mixin private Guarding.Target target;

  @Option(names = "--conversations", description = "with a device each (${DEFAULT-VALUE})")
  private int conversations = 60;

  @Option(names = "--window", description = "sends of each under way at once (${DEFAULT-VALUE})")
  private int window = 4;

  @Option(names = "--times-capacity", description = "what is asked (${DEFAULT-VALUE})")
  private int factor = 3;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Sender> senders = new ArrayList<>();
  private final Set<String> acked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger refused = new AtomicInteger();
  private final AtomicInteger others = new AtomicInteger();
  private final Histogram micros = Latency.histogram();
  private final Map<String, Long> dueAt = new ConcurrentHashMap<>();
  private Context loop;
  private boolean closedLoop;

  private record Sender(Bare bare, String conversationId, String token) {}

  @Override
  public Integer call() throws Exception {
    Vertx vertx = target.vertx();
    try {
      loop = vertx.getOrCreateContext();
      WebSocketClient client = Bare.client(vertx, 0);
      for (int i = 0; i < conversations; i++) {
        Hall hall = Hall.make(vertx, target.cassandra, target.signingKey, 2, 1);
        senders.add(enter(client, hall));
      }
      closedLoop(10); // the server's compiler has its time
      double capacity = closedLoop(target.seconds);
      System.out.printf(Locale.ROOT, "capacity: %.0f messages a second%n", capacity);
      boolean held = flood((int) capacity * factor);
      return held ? 0 : 1;
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private Sender enter(WebSocketClient client, Hall hall) throws Exception {
    Future<Sender> entered =
        Future.future(
            (Promise<Sender> promise) ->
                loop.runOnContext(
                    go ->
                        Bare.open(client, target.server.getPort(), hall.tokens().get(0), null, null)
                            .compose(bare -> bare.inSync().map(bare))
                            .map(bare -> sender(bare, hall))
                            .onSuccess(one -> one.bare().listen((t, text) -> heard(one, t, text)))
                            .onComplete(promise)));
    return entered.await(1, TimeUnit.MINUTES);
  }

  private static Sender sender(Bare bare, Hall hall) {
    return new Sender(bare, hall.conversationId().value(), hall.tokens().get(0));
  }

  private void heard(Sender sender, String type, String text) {
    if (!type.equals("ack") && !type.equals("error")) {
      return;
    }
    String id = Bare.idOf(text);
    Long due = dueAt.remove(id);
    if (type.equals("ack")) {
      acked.add(sender.conversationId() + " " + id);
      if (due != null) {
        Latency.note(micros, due, System.nanoTime());
      }
    } else if (text.contains("\"overloaded\"")) {
      refused.incrementAndGet();
    } else {
      others.incrementAndGet();
    }
    if (!closedLoop) {
      return;
    }
    if (type.equals("ack")) {
      send(sender, System.nanoTime());
    } else {
      // Who is refused and asks again at once would measure how fast the server says no.
      loop.owner()
          .setTimer(
              ThreadLocalRandom.current().nextLong(REFUSED_MS, 2 * REFUSED_MS),
              again -> {
                if (closedLoop) {
                  send(sender, System.nanoTime());
                }
              });
    }
  }

  private void send(Sender sender, long due) {
    String id = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    dueAt.put(id, due);
    sender.bare().send(sender.conversationId(), id, "as fast as it goes ".repeat(6));
  }

  /** Soft work for the server to give up: one in five types. */
  private void type() {
    for (int i = 0; i < senders.size(); i += 5) {
      Sender sender = senders.get(i);
      sender
          .bare()
          .write(
              "{\"t\":\"typing\",\"d\":{\"conversationId\":\""
                  + sender.conversationId()
                  + "\",\"on\":true}}");
    }
  }

  private double closedLoop(int seconds) throws InterruptedException {
    int before = acked.size();
    loop.runOnContext(
        go -> {
          closedLoop = true;
          for (int i = 0; i < window; i++) {
            senders.forEach(sender -> send(sender, System.nanoTime()));
          }
        });
    TimeUnit.SECONDS.sleep(seconds);
    double each = (acked.size() - before) / (double) seconds;
    loop.runOnContext(go -> closedLoop = false);
    TimeUnit.SECONDS.sleep(3);
    return each;
  }

  private boolean flood(int rate) throws Exception {
    loop.runOnContext(go -> micros.reset());
    int ackedBefore = acked.size();
    refused.set(0);
    long typing = loop.owner().setPeriodic(TYPING_MS, tick -> loop.runOnContext(go -> type()));
    Map<String, Double> shedBefore = shed();
    List<String> order = new ArrayList<>();
    Thread asking =
        new Thread(
            () ->
                Pacer.run(
                    rate,
                    target.seconds,
                    (index, due) ->
                        loop.runOnContext(go -> send(senders.get(index % senders.size()), due))),
            "asking");
    asking.start();
    double highest = 0;
    while (asking.isAlive()) {
      highest = Math.max(highest, level());
      noteOrder(shedBefore, order);
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    loop.owner().cancelTimer(typing);
    long calmMs = msUntilCalm();
    noteOrder(shedBefore, order);
    Promise<Latency> read = Promise.promise();
    loop.runOnContext(go -> read.complete(Latency.of(micros)));
    Latency latency = read.future().await();
    int lost = lost();
    System.out.println(
        "| asked | accepted | refused | otherwise | p50 / p95 / p99 / max ms of what is accepted |"
            + " highest level | calm after ms | acked and lost |\n"
            + "|---|---|---|---|---|---|---|---|");
    System.out.printf(
        Locale.ROOT,
        "| %d/s for %d s | %d | %d | %d | %s | %.0f | %d | %d |%n",
        rate,
        target.seconds,
        acked.size() - ackedBefore,
        refused.get(),
        others.get(),
        latency,
        highest,
        calmMs,
        lost);
    System.out.println("given up, in the order in which it was first seen: " + order);
    boolean calm = calmMs >= 0 && calmMs <= RECOVERY_MS;
    return lost == 0 && calm && latency.p99() < LONGEST_P99_MS;
  }

  /** From now until the level is 0; -1 where that takes too long. */
  private long msUntilCalm() throws Exception {
    long begun = System.nanoTime();
    long passedMs = 0;
    while (passedMs < 3 * RECOVERY_MS) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
      passedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
      if (level() == 0) {
        return passedMs;
      }
    }
    return -1;
  }

  private double level() throws Exception {
    return ServerCounters.read(http, target.server).series().getOrDefault(LEVEL, -1.0);
  }

  private Map<String, Double> shed() throws Exception {
    Map<String, Double> shed = new TreeMap<>();
    ServerCounters.read(http, target.server)
        .series()
        .forEach(
            (name, value) -> {
              if (name.startsWith(SHED)) {
                shed.put(name.replaceAll(".*work=\"([a-z_]+)\".*", "$1"), value);
              }
            });
    return shed;
  }

  private void noteOrder(Map<String, Double> before, List<String> order) throws Exception {
    shed()
        .forEach(
            (work, value) -> {
              if (value > before.getOrDefault(work, 0.0) && !order.contains(work)) {
                order.add(work);
              }
            });
  }

  /** What was acked and is not in the history. */
  private int lost() throws Exception {
    Set<String> stored = new HashSet<>();
    for (Sender sender : senders) {
      Histories.clientMsgIds(http, target.server, sender.token(), sender.conversationId())
          .forEach(id -> stored.add(sender.conversationId() + " " + id));
    }
    return (int) acked.stream().filter(one -> !stored.contains(one)).count();
  }
}

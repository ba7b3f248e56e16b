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
  private static final String BEGUN = "parley_overload_begun_total";
  private static final String SHED = "parley_overload_shed_total";

  /** In the order in which it is to be given up; the last one by what was refused of it. */
  private static final List<String> WORK =
      List.of("typing", "presence", "aggregate_receipts", "push", "projections", "sends");

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
  private final Histogram fromDue = Latency.histogram();
  private final Histogram fromSent = Latency.histogram();
  private final Map<String, Asked> asked = new ConcurrentHashMap<>();
  private Context loop;
  private boolean closedLoop;

  /** When it was to be sent, and when it was: a generator on the same machine is late itself. */
  private record Asked(long due, long sent) {}

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
      msUntilCalm(); // the order is seen from the first work that is given up
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
    Asked ours = asked.remove(id);
    if (type.equals("ack")) {
      acked.add(sender.conversationId() + " " + id);
      if (ours != null) {
        long now = System.nanoTime();
        Latency.note(fromDue, ours.due(), now);
        Latency.note(fromSent, ours.sent(), now);
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
    long now = System.nanoTime();
    String id = Long.toString(now, Character.MAX_RADIX);
    asked.put(id, new Asked(due, now));
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
    loop.runOnContext(
        go -> {
          fromDue.reset();
          fromSent.reset();
        });
    int ackedBefore = acked.size();
    refused.set(0);
    long typing = loop.owner().setPeriodic(TYPING_MS, tick -> loop.runOnContext(go -> type()));
    Map<String, Double> givenUpBefore = givenUp();
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
      noteOrder(givenUpBefore, order);
      TimeUnit.MILLISECONDS.sleep(LOOK_MS);
    }
    loop.owner().cancelTimer(typing);
    long calmMs = msUntilCalm();
    noteOrder(givenUpBefore, order);
    Latency due = read(fromDue);
    Latency sent = read(fromSent);
    int lost = lost();
    System.out.println(
        "| asked | accepted | refused | otherwise | p50 / p95 / p99 / max ms of what is accepted,"
            + " since it was sent | since it was to be sent | highest level | calm after ms | acked"
            + " and lost |\n"
            + "|---|---|---|---|---|---|---|---|---|");
    System.out.printf(
        Locale.ROOT,
        "| %d/s for %d s | %d | %d | %d | %s | %s | %.0f | %d | %d |%n",
        rate,
        target.seconds,
        acked.size() - ackedBefore,
        refused.get(),
        others.get(),
        sent,
        due,
        highest,
        calmMs,
        lost);
    System.out.println("given up, in the order in which it was first seen: " + order);
    boolean calm = calmMs >= 0 && calmMs <= RECOVERY_MS;
    boolean inOrder = order.equals(WORK.subList(0, order.size()));
    return lost == 0 && calm && inOrder && sent.p99() < LONGEST_P99_MS;
  }

  private Latency read(Histogram micros) throws InterruptedException {
    Promise<Latency> read = Promise.promise();
    loop.runOnContext(go -> read.complete(Latency.of(micros)));
    return read.future().await();
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

  /** How often each work began to be given up, and how many sends were refused. */
  private Map<String, Double> givenUp() throws Exception {
    Map<String, Double> series = ServerCounters.read(http, target.server).series();
    Map<String, Double> givenUp = new TreeMap<>();
    for (String work : WORK) {
      String counter = work.equals(WORK.get(WORK.size() - 1)) ? SHED : BEGUN;
      givenUp.put(work, series.getOrDefault(counter + "{work=\"" + work + "\"}", 0.0));
    }
    return givenUp;
  }

  /** What two looks do not tell apart came in the order in which it is to come. */
  private void noteOrder(Map<String, Double> before, List<String> order) throws Exception {
    Map<String, Double> now = givenUp();
    for (String work : WORK) {
      if (now.get(work) > before.get(work) && !order.contains(work)) {
        order.add(work);
      }
    }
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

package chat.parley.perf;

import chat.parley.client.ClientGroup;
import chat.parley.devcluster.DevCluster;
import chat.parley.devcluster.DevClusterPlan;
import chat.parley.devcluster.DevNode;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * A gateway dies with all of its devices, which come to another one at once, where people talk: a
 * cluster of its own, of two nodes that do everything and one that is a gateway. How long until all
 * are in sync again, what those who talk notice, and whether anybody lacks anything.
 */
@Command(name = "storm", description = "all devices of a gateway come to another at once")
final class Storm implements Callable<Integer> {
  private static final int HALL = 50;
  private static final int CONNECT_AT_ONCE = 25;
  private static final int MISSED = 5;
  private static final int SETTLE_SECONDS = 10;
  private static final long LONGEST_SYNC_MS = 15_000;
  private static final int FIRST_WINDOW_MS = 250;
  private static final int LONGEST_WINDOW_MS = 8_000;

  @Option(names = "--clients", description = "devices of the gateway (${DEFAULT-VALUE})")
  private int clients = 1_000;

  @Option(names = "--rate", description = "messages a second of those who talk (${DEFAULT-VALUE})")
  private int rate = 100;

  @Option(names = "--seconds", description = "of each measurement (${DEFAULT-VALUE})")
  private int seconds = 20;

  @Option(
      names = "--warm-up",
      description =
          "seconds in which people talk and devices come and go before anything is measured: a"
              + " cluster that has just started compiles its code (${DEFAULT-VALUE})")
  private int warmUpSeconds = 60;

  @Option(names = "--pairs", description = "who talk (${DEFAULT-VALUE})")
  private int pairs = 10;

  @Option(names = "--data-dir", description = "of the cluster; anew each time (${DEFAULT-VALUE})")
  private Path dataDir = Path.of("target/storm");

  private final Random random = new Random(1);
  private final List<Device> devices = new ArrayList<>();
  private final AtomicInteger refused = new AtomicInteger();

  /** Attempts that came to nothing otherwise, by what happened. */
  private final Map<String, Integer> troubles = new ConcurrentSkipListMap<>();

  private Vertx vertx;
  private Context loop;
  private WebSocketClient client;
  private int port;

  @Override
  public Integer call() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2).setWorkerPoolSize(2));
    loop = vertx.getOrCreateContext();
    client = Bare.client(vertx, 0);
    DevClusterPlan plan = DevClusterPlan.of(dataDir, 3).withRoles(2, "gateway");
    try (DevCluster cluster = DevCluster.start(plan, Guarding::say)) {
      DevNode second = cluster.nodes().get(1);
      DevNode gateway = cluster.nodes().get(2);
      int cassandra = cluster.stores().stack().cassandraContactPoint().getPort();
      List<Hall> halls = new ArrayList<>();
      for (int i = 0; i < clients / HALL; i++) {
        halls.add(
            Hall.make(
                vertx,
                "127.0.0.1:" + cassandra,
                dataDir.resolve("keys/signing.key"),
                HALL + 1,
                HALL + 1));
      }
      ChatLoad people = people(second);
      for (Hall hall : halls) {
        for (int i = 0; i < HALL; i++) {
          devices.add(new Device(hall.conversationId().value(), hall.tokens().get(i)));
        }
      }
      warmUp(people, List.of(second, gateway));
      port = gateway.httpPort();
      connectAll();
      return drill(people, halls, second, gateway);
    } finally {
      vertx.close().await(10, TimeUnit.SECONDS);
    }
  }

  private ChatLoad people(DevNode at) throws Exception {
    ClientGroup group = ClientGroup.open(vertx, at.uri());
    String runId = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);
    return ChatLoad.over(
        group,
        observers ->
            new Pairs(vertx, group, runId, observers).open(pairs).await(10, TimeUnit.MINUTES));
  }

  private int drill(ChatLoad people, List<Hall> halls, DevNode second, DevNode gateway)
      throws Exception {
    List<Bare> speakers = new ArrayList<>();
    List<AtomicInteger> said = new ArrayList<>();
    for (Hall hall : halls) {
      AtomicInteger acked = new AtomicInteger();
      said.add(acked);
      speakers.add(speaker(second.httpPort(), hall.tokens().get(HALL), acked));
    }
    ChatLoad.Result before = people.run(rate, seconds);
    port = second.httpPort();
    long killedAt = System.nanoTime();
    devices.forEach(device -> device.syncedAt = 0);
    gateway.kill9();
    sayWhatTheyMiss(halls, speakers);
    ChatLoad.Result during = people.run(rate, seconds);
    TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
    Outcome outcome = outcome(said, killedAt);
    print(outcome, before, during);
    boolean held =
        outcome.lastMs() >= 0
            && outcome.lastMs() <= LONGEST_SYNC_MS
            && outcome.lacking() == 0
            && Guarding.whole(before)
            && Guarding.whole(during);
    return held ? 0 : 1;
  }

  private void sayWhatTheyMiss(List<Hall> halls, List<Bare> speakers) {
    for (int i = 0; i < MISSED; i++) {
      for (int hall = 0; hall < halls.size(); hall++) {
        String id = "missed-" + i;
        String conversation = halls.get(hall).conversationId().value();
        Bare speaker = speakers.get(hall);
        loop.runOnContext(go -> speaker.send(conversation, id, "come back"));
      }
    }
  }

  /**
   * How it ended.
   *
   * @param lastMs from the kill until the last device was in sync; -1 where one was not
   * @param lacking acked messages that a device does not have, over all devices
   * @param shares after how long shares of the devices were in sync, and how many never were
   */
  private record Outcome(long lastMs, long lacking, String shares) {}

  private Outcome outcome(List<AtomicInteger> said, long killedAt) throws Exception {
    Promise<Outcome> read = Promise.promise();
    loop.runOnContext(
        go -> {
          long lacking = 0;
          List<Long> times = new ArrayList<>();
          for (int i = 0; i < devices.size(); i++) {
            Device device = devices.get(i);
            if (device.syncedAt != 0) {
              times.add(TimeUnit.NANOSECONDS.toMillis(device.syncedAt - killedAt));
            }
            lacking += Math.max(0, said.get(i / HALL).get() - device.has);
          }
          Collections.sort(times);
          boolean all = times.size() == devices.size();
          read.complete(
              new Outcome(
                  all ? times.get(times.size() - 1) : -1, lacking, shares(times, devices.size())));
        });
    return read.future().await();
  }

  private static String shares(List<Long> sorted, int all) {
    StringBuilder text = new StringBuilder();
    for (int percent : new int[] {10, 50, 90, 95, 99}) {
      int index = all * percent / 100;
      text.append(percent + " % " + (index < sorted.size() ? sorted.get(index) : "never") + ", ");
    }
    return text.append(all - sorted.size()).append(" never").toString();
  }

  private void print(Outcome outcome, ChatLoad.Result before, ChatLoad.Result during) {
    Guarding.say("in sync after ms: " + outcome.shares() + "; in vain: " + troubles);
    System.out.println(
        "| devices | all in sync after ms | told to wait | messages that somebody lacks | those who"
            + " talk, send→ack p50 / p95 / p99 / max ms: before | while they come | × p99 | lost,"
            + " failed |\n|---|---|---|---|---|---|---|---|");
    System.out.printf(
        Locale.ROOT,
        "| %d | %d | %d | %d | %s | %s | %.2f | %d, %d |%n",
        devices.size(),
        outcome.lastMs(),
        refused.get(),
        outcome.lacking(),
        before.ack(),
        during.ack(),
        during.ack().p99() / Math.max(0.1, before.ack().p99()),
        before.lost() + during.lost(),
        before.failed() + during.failed());
  }

  private Bare speaker(int at, String token, AtomicInteger acked) throws Exception {
    Promise<Bare> there = Promise.promise();
    loop.runOnContext(
        go ->
            Bare.open(client, at, token, null, null)
                .compose(bare -> bare.inSync().map(bare))
                .onSuccess(
                    bare ->
                        bare.listen(
                            (type, text) -> {
                              if (type.equals("ack")) {
                                acked.incrementAndGet();
                              }
                            }))
                .onComplete(there));
    return there.future().await(1, TimeUnit.MINUTES);
  }

  /** Devices come to each of the nodes and leave again, in turns, while people talk. */
  private void warmUp(ChatLoad people, List<DevNode> nodes) throws Exception {
    CompletableFuture<ChatLoad.Result> talk =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return people.run(rate, warmUpSeconds);
              } catch (Exception e) {
                throw new IllegalStateException("nobody could talk", e);
              }
            });
    int came = 0;
    while (!talk.isDone()) {
      port = nodes.get(came / CONNECT_AT_ONCE % nodes.size()).httpPort();
      int from = came % devices.size();
      List<Device> some = devices.subList(from, Math.min(devices.size(), from + CONNECT_AT_ONCE));
      connect(some);
      loop.runOnContext(go -> some.forEach(Device::leave));
      came += some.size();
    }
    talk.get();
    Guarding.say("warmed up: " + came + " times a device came");
  }

  private void connectAll() throws Exception {
    for (int from = 0; from < devices.size(); from += CONNECT_AT_ONCE) {
      connect(devices.subList(from, Math.min(devices.size(), from + CONNECT_AT_ONCE)));
    }
    Guarding.say(devices.size() + " devices are there");
  }

  private void connect(List<Device> some) throws Exception {
    loop.runOnContext(go -> some.forEach(Device::come));
    while (some.stream().anyMatch(device -> device.syncedAt == 0)) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  /** A device that comes back with full jitter, and waits as long as it is told to. */
  private final class Device {
    private final String conversationId;
    private final String token;
    private volatile long syncedAt;
    private long has;
    private int failures;
    private Bare bare;
    private boolean wanted;

    Device(String conversationId, String token) {
      this.conversationId = conversationId;
      this.token = token;
    }

    void come() {
      wanted = true;
      connect();
    }

    void leave() {
      wanted = false;
      syncedAt = 0;
      bare.close();
    }

    private void connect() {
      JsonObject cursors = new JsonObject().put(conversationId, has);
      Bare.open(client, port, token, null, cursors)
          .onSuccess(
              opened -> {
                bare = opened;
                bare.listen((type, text) -> heard(type, text));
                bare.gone()
                    .onSuccess(
                        code -> {
                          trouble("closed with " + code);
                          later(0);
                        });
              })
          .onFailure(
              cause -> {
                long asked = 0;
                if (cause instanceof UpgradeRejectedException told
                    && told.getHeaders().contains("Retry-After")) {
                  refused.incrementAndGet();
                  asked = 1_000 * Long.parseLong(told.getHeaders().get("Retry-After"));
                } else {
                  trouble(String.valueOf(cause.getMessage()).replaceAll("[0-9]+", "#"));
                }
                later(asked);
              });
    }

    private void trouble(String what) {
      if (wanted) {
        troubles.merge(what, 1, Integer::sum);
      }
    }

    private void heard(String type, String text) {
      if (type.equals("sync.end")) {
        failures = 0;
        syncedAt = System.nanoTime();
      } else if (type.equals("message.new")) {
        has = Math.max(has, Bare.changeSeqOf(text));
      }
    }

    private void later(long askedMs) {
      if (!wanted) {
        return;
      }
      int window = Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS << Math.min(10, failures++));
      vertx.setTimer(1 + askedMs + random.nextInt(window), due -> connect());
    }
  }
}

package chat.parley.perf;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * The devices of a hall, as bare sockets on one loop: they hear every message, say every three
 * seconds what they have (as the SDK's do), and decode nothing but the number of a change, so that
 * thousands fit beside the server. The first of them speaks.
 */
final class Listeners {
  /**
   * What became of a run.
   *
   * @param last from when a message was due until the last device had it
   * @param whole messages that reached all
   */
  record Result(Latency last, int whole) {}

  private static final int CONNECT_AT_ONCE = 20;
  private static final int PATIENCE_SECONDS = 60;

  /** A share of them at a time: each says every 3 s what it has, and pings every 15 s. */
  private static final long SAY_EVERY_MS = 30;

  private static final int SHARES = 100;
  private static final long PING_EVERY_MS = 150;
  private static final String NUMBER = "\"changeSeq\":";
  private static final String MARK = "\"clientMsgId\":\"";

  private final Vertx vertx;
  private final Context loop;
  private final URI server;
  private final Hall hall;
  private final List<Device> devices = new ArrayList<>();

  /** Kept: Vert.x closes the sockets of a client that nobody refers to any more. */
  private WebSocketClient client;

  private volatile Running running;
  private int saying;
  private int pinging;

  private static final class Device {
    private WebSocket socket;
    private long has;
    private long said;
  }

  private Listeners(Vertx vertx, URI server, Hall hall) {
    this.vertx = vertx;
    this.loop = vertx.getOrCreateContext();
    this.server = server;
    this.hall = hall;
  }

  /** Connects everybody; returns when all are in sync. */
  static Listeners enter(Vertx vertx, URI server, Hall hall) throws Exception {
    Listeners listeners = new Listeners(vertx, server, hall);
    Promise<Void> all = Promise.promise();
    listeners.loop.runOnContext(
        go -> {
          listeners.client =
              vertx.createWebSocketClient(
                  new WebSocketClientOptions()
                      .setMaxConnections(hall.tokens().size())
                      .setMaxFrameSize(1 << 20)
                      .setMaxMessageSize(1 << 20));
          listeners.connect(0).onComplete(all);
          vertx.setPeriodic(SAY_EVERY_MS, tick -> listeners.say());
          vertx.setPeriodic(PING_EVERY_MS, tick -> listeners.ping());
        });
    all.future().await(10, TimeUnit.MINUTES);
    return listeners;
  }

  private Future<Void> connect(int from) {
    int to = Math.min(hall.tokens().size(), from + CONNECT_AT_ONCE);
    if (from == to) {
      return Future.succeededFuture();
    }
    List<Future<Void>> some = new ArrayList<>();
    for (int i = from; i < to; i++) {
      some.add(connect(hall.tokens().get(i)));
    }
    return Future.all(some).compose(done -> connect(to));
  }

  private Future<Void> connect(String token) {
    Promise<Void> inSync = Promise.promise();
    Device device = new Device();
    return client
        .connect(
            new WebSocketConnectOptions()
                .setHost(server.getHost())
                .setPort(server.getPort())
                .setURI("/v1/ws"))
        .compose(
            socket -> {
              device.socket = socket;
              devices.add(device);
              socket.textMessageHandler(
                  text -> {
                    if (text.startsWith("{\"t\":\"sync.end\"")) {
                      inSync.tryComplete();
                    } else {
                      hear(device, text);
                    }
                  });
              socket.closeHandler(
                  gone -> inSync.tryFail("closed with " + socket.closeStatusCode()));
              socket.writeTextMessage(
                  new JsonObject()
                      .put("t", "hello")
                      .put("d", new JsonObject().put("token", token))
                      .encode());
              return inSync.future();
            });
  }

  private void hear(Device device, String text) {
    if (!text.startsWith("{\"t\":\"message.new\"")) {
      return;
    }
    device.has = Math.max(device.has, number(text, text.indexOf(NUMBER) + NUMBER.length()));
    Running now = running;
    int mark = text.indexOf(MARK);
    if (now != null && text.startsWith(now.prefix, mark + MARK.length())) {
      now.heard((int) number(text, mark + MARK.length() + now.prefix.length()));
    }
  }

  private static long number(String text, int at) {
    long number = 0;
    for (int i = at; i < text.length() && Character.isDigit(text.charAt(i)); i++) {
      number = 10 * number + text.charAt(i) - '0';
    }
    return number;
  }

  private void say() {
    saying = (saying + 1) % SHARES;
    for (Device device : share(saying)) {
      if (device.has > device.said) {
        device.said = device.has;
        device.socket.writeTextMessage(
            "{\"t\":\"receipt.delivered\",\"d\":{\"cursors\":{\""
                + hall.conversationId()
                + "\":"
                + device.has
                + "}}}");
      }
    }
  }

  /** Between runs nothing else is said, and whoever is silent for too long is cut off. */
  private void ping() {
    pinging = (pinging + 1) % SHARES;
    for (Device device : share(pinging)) {
      device.socket.writeTextMessage("{\"t\":\"ping\"}");
    }
  }

  /** Those of a share who are there. */
  private List<Device> share(int number) {
    List<Device> some = new ArrayList<>();
    for (int i = number; i < devices.size(); i += SHARES) {
      if (!devices.get(i).socket.isClosed()) {
        some.add(devices.get(i));
      }
    }
    return some;
  }

  /** Sends so many a second for so long, and waits until all have all. */
  Result run(int rate, int seconds) throws InterruptedException {
    return begin(rate, seconds).end();
  }

  /** The same, beside what the caller does meanwhile. */
  Running begin(int rate, int seconds) {
    Running begun = new Running(rate * seconds);
    running = begun;
    Thread thread =
        new Thread(() -> Pacer.run(rate, seconds, (index, due) -> send(begun, index, due)), "room");
    thread.setDaemon(true);
    thread.start();
    return begun;
  }

  private void send(Running begun, int index, long due) {
    begun.dueAt[index] = due;
    String frame =
        new JsonObject()
            .put("t", "message.send")
            .put(
                "d",
                new JsonObject()
                    .put("conversationId", hall.conversationId().value())
                    .put("clientMsgId", begun.prefix + index)
                    .put(
                        "body",
                        new JsonObject().put("text", "a word to all who are here ".repeat(4))))
            .encode();
    loop.runOnContext(go -> devices.get(0).socket.writeTextMessage(frame));
  }

  /** Messages under way; touched on the loop only, but for {@code dueAt}. */
  final class Running {
    private final String prefix = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
    private final long[] dueAt;
    private final int[] left;
    private final Histogram lastMicros = Latency.histogram();
    private final CountDownLatch open;
    private int whole;

    private Running(int total) {
      this.dueAt = new long[total];
      this.left = new int[total];
      Arrays.fill(left, devices.size());
      this.open = new CountDownLatch(total);
    }

    private void heard(int index) {
      left[index]--;
      if (left[index] == 0) {
        whole++;
        Latency.note(lastMicros, dueAt[index], System.nanoTime());
        open.countDown();
      }
    }

    /** Waits until all have all of it, or for a minute. */
    Result end() throws InterruptedException {
      open.await(PATIENCE_SECONDS + dueAt.length, TimeUnit.SECONDS);
      Promise<Result> result = Promise.promise();
      loop.runOnContext(
          read -> {
            running = null;
            result.complete(new Result(Latency.of(lastMicros), whole));
          });
      return result.future().await();
    }
  }
}

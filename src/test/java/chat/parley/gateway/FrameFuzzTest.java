package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.auth.Principal;
import chat.parley.auth.Tokens;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.model.AckMode;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceSettings;
import chat.parley.registry.ShardDirectory;
import chat.parley.registry.ShardRouter;
import chat.parley.testing.FrameFuzz;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Very many texts that clients might send, led through all of a gateway but its wire: nothing is
 * thrown, no text holds the event loop, every answer is a frame of PROTOCOL, nothing is kept. A
 * text that hurts is shown as short as it goes, with its seed.
 *
 * <p>{@code -Dparley.fuzz.frames=1000000} for many, {@code -Dparley.fuzz.seed=…} for the same.
 */
final class FrameFuzzTest {
  private static final long FRAMES = Long.getLong("parley.fuzz.frames", 20_000);
  private static final long SEED = Long.getLong("parley.fuzz.seed", System.nanoTime());
  private static final int A_TURN = 200;
  private static final long MOST_HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long MOST_KEPT_BYTES = 24L << 20;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String NODE = "n1";
  private static final String GOOD_TOKEN = "good";
  private static final String HELLO = "{\"t\":\"hello\",\"d\":{\"token\":\"" + GOOD_TOKEN + "\"}}";

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
  private final Context loop = vertx.getOrCreateContext();
  private final FrameFuzz fuzz = new FrameFuzz(SEED);
  private SocketSide side;
  private long longestNanos;
  private int turns = 1;
  private String longest = "";

  @AfterEach
  void close() {
    vertx.close().await();
  }

  @Test
  void noTextHurts() throws Exception {
    loop.exceptionHandler(thrown::add);
    side = onLoop(this::open);
    side.start().await(10, TimeUnit.SECONDS);
    turn(20); // what is loaded once
    turn(20);
    longestNanos = 0;
    long before = used();
    long done = 0;
    while (done < FRAMES) {
      turn(A_TURN);
      done += A_TURN;
    }
    long kept = used() - before;

    System.out.printf(
        "%d frames of seed %d; longest %.1f ms of a processor; heap %d KiB before, %d more after%n",
        done, SEED, longestNanos / 1e6, before >> 10, kept >> 10);
    assertThat(longestNanos).as("seed %d: %s", SEED, longest).isLessThan(MOST_HELD_NANOS);
    assertThat(kept).as("bytes kept of seed %d", SEED).isLessThan(MOST_KEPT_BYTES);
    assertThat(side.size()).as("connections left").isZero();
  }

  /** One connection's life: as many texts as it lives for, and until all of its work is done. */
  private void turn(int frames) throws Exception {
    FuzzLine line = new FuzzLine();
    boolean admitted = turns++ % 8 != 0;
    onLoop(
        () -> {
          side.door().enter(line, new Caller("192.0.2.1", true), Future.succeededFuture());
          if (admitted) {
            line.hear(HELLO);
          }
          return null;
        });
    pause();
    for (int i = 0; i < frames; i += 20) {
      onLoop(
          () -> {
            for (int j = 0; j < 20; j++) {
              say(line, fuzz.next());
            }
            return null;
          });
    }
    pause();
    onLoop(
        () -> {
          line.gone();
          return null;
        });
    if (!thrown.isEmpty()) {
      throw new AssertionError("seed " + SEED, thrown.peek());
    }
  }

  private void say(FuzzLine line, String text) {
    long begun = THREADS.getCurrentThreadCpuTime();
    try {
      line.hear(text);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed " + SEED + ": " + FrameFuzz.shrunk(text, this::hurts), e);
    }
    long took = THREADS.getCurrentThreadCpuTime() - begun;
    if (took > longestNanos) {
      longestNanos = took;
      longest = text.substring(0, Math.min(text.length(), 500));
    }
  }

  /** On a connection of its own, which is in sync. */
  private boolean hurts(String text) {
    FuzzLine line = new FuzzLine();
    side.door().enter(line, new Caller("192.0.2.1", true), Future.succeededFuture());
    line.hear(HELLO);
    try {
      line.hear(text);
      return false;
    } catch (RuntimeException | Error e) {
      return true;
    } finally {
      line.gone();
    }
  }

  /** So long that what was asked over the bus is answered. */
  private void pause() throws Exception {
    for (int i = 0; i < 3; i++) {
      onLoop(() -> null);
    }
  }

  private interface Step<T> {
    T run();
  }

  private <T> T onLoop(Step<T> step) throws Exception {
    Promise<T> done = Promise.promise();
    loop.runOnContext(
        go -> {
          try {
            done.complete(step.run());
          } catch (RuntimeException | Error e) {
            done.fail(e);
          }
        });
    return done.future().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private static long used() throws InterruptedException {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(50);
      used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return used;
  }

  private SocketSide open() {
    BusCodecs.install(vertx.eventBus());
    Bus bus = new Bus(vertx, 5_000);
    bus.answer(Addresses.QUERIES, FrameFuzzTest::query);
    bus.answer(Addresses.RECEIPTS, m -> Future.succeededFuture(ReceiptMessages.Moved.all()));
    bus.answer(Addresses.ingest(NODE), FrameFuzzTest::ingest);
    FakeInterests interests = new FakeInterests();
    FakeRegistry registry = new FakeRegistry();
    return new SocketSide(
        vertx,
        loop,
        new GatewayPieces(
            NODE,
            bus,
            new ShardRouter(vertx, bus, new OneOwner(), 1_000, Clock.systemUTC(), meters),
            new GoodOrBad(),
            family -> false,
            registry,
            interests,
            new LongPolls(vertx, registry, interests, 10),
            reunion -> {},
            meters,
            Clock.systemUTC(),
            Clock.systemUTC(),
            GatewaySettings.defaults(),
            new FakeAccounts(),
            new LivePieces(
                FakePresences.ofNobody(),
                new FakeView(NODE),
                PresenceSettings.defaults(),
                SoftLoad.ANY),
            Guards.usual(meters)));
  }

  private static Future<QueryMessages> query(QueryMessages message) {
    return Future.succeededFuture(
        message instanceof QueryMessages.SyncPlanQuery
            ? new QueryMessages.SyncPlan(List.of())
            : new QueryMessages.ChangesPage(List.of(), 0, 0, false));
  }

  private static Future<IngestMessages> ingest(IngestMessages message) {
    return Future.succeededFuture(new MessageAccepted("room.1", 1, 1, 0, AckMode.PERSISTED, false));
  }

  /** A line whose end takes everything at once, and looks at it. */
  private final class FuzzLine implements Transport {
    private Consumer<String> onText;
    private Runnable onClosed;
    private boolean closed;

    void hear(String text) {
      if (!closed) {
        onText.accept(text);
      }
    }

    void gone() {
      closed = true;
      onClosed.run();
    }

    @Override
    public void start(Consumer<String> text, Runnable onBinary, Runnable closing) {
      onText = text;
      onClosed = closing;
    }

    @Override
    public Future<Void> write(String text) {
      String type = StrictJson.object(text).map(frame -> frame.getString("t")).orElse(null);
      if (type == null || !StrictJson.isUnicode(text) || text.contains("Exception")) {
        throw new AssertionError("no frame of ours: " + text);
      }
      return Future.succeededFuture();
    }

    @Override
    public void close(int code, String reason) {
      closed = true;
    }

    @Override
    public void abort() {
      closed = true;
    }

    @Override
    public void pause() {
      // What comes anyway must not hurt.
    }

    @Override
    public void resume() {
      // Never paused.
    }
  }

  private static final class GoodOrBad implements Tokens {
    @Override
    public AccessToken issue(UserId user, DeviceId device, String family) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Principal> verify(String token) {
      return token.equals(GOOD_TOKEN)
          ? Future.succeededFuture(
              new Principal(new UserId("ann"), new DeviceId("d"), "d", Instant.MAX))
          : Future.failedFuture(
              new FailureException(Failure.UNAUTHENTICATED, "the token is not valid"));
    }
  }

  private static final class OneOwner implements ShardDirectory {
    @Override
    public Optional<String> ownerOf(int shard) {
      return Optional.of(NODE);
    }

    @Override
    public void announce(int shard, long epoch) {}

    @Override
    public void withdraw(int shard, long epoch) {}
  }
}

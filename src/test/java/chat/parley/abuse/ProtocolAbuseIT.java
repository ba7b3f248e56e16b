package chat.parley.abuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.FrameFuzz;
import chat.parley.testing.Metrics;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Everything at once that a client must not do, against a server on which two people go on talking:
 * each abuse has its defined end, and afterwards it is as if nothing had been.
 */
class ProtocolAbuseIT {
  private static final int AT_ONCE = 24;
  private static final String HELD = "parley_loop_held_seconds_";

  private static final int FUZZED = Integer.getInteger("parley.fuzz.socket-frames", 20_000);
  private static final int FUZZERS = 8;
  private static final long MOST_KEPT_BYTES = 16L << 20;
  private static final long SEED = Long.getLong("parley.fuzz.seed", System.nanoTime());

  private final ParleyServer server = SharedServer.get();
  private final Crowd crowd = new Crowd(server);
  private Metrics calm;
  private int logged;
  private String token;
  private String dm;
  private RawSocket speaker;
  private RawSocket listener;

  @BeforeEach
  void twoTalk() {
    token = crowd.somebody("mallory").session().accessToken();
    Crowd.Somebody ann = crowd.somebody("ann");
    Crowd.Somebody ben = crowd.somebody("ben");
    dm = Await.join(ann.api().createDm(ben.userId())).conversationId();
    speaker = ann.enter();
    listener = ben.enter();
    calm = server.metrics();
    logged = server.output().length();
  }

  @AfterEach
  void leave() {
    crowd.close();
    eventually(() -> assertThat(connections(server.metrics())).isZero());
  }

  @Test
  void everyAbuseEndsAsItShouldAndNobodyElseNotices() throws Exception {
    List<Abuse> abuses = new ArrayList<>(Openings.all());
    abuses.addAll(Frames.all(token));
    abuses.addAll(Talk.all(token));
    abuses.addAll(SockJs.all(server.port(), token));
    assertThat(abuses).hasSizeGreaterThan(60).extracting(Abuse::name).doesNotHaveDuplicates();

    ExecutorService abusers = Executors.newFixedThreadPool(AT_ONCE);
    List<Future<String>> done =
        abuses.stream().map(abuse -> abusers.submit(() -> abuse.fault(server.port()))).toList();
    int said = 0;
    while (!done.stream().allMatch(Future::isDone)) {
      speaker.send(dm, "m" + said, "still here");
      speaker.await("ack");
      said++;
    }
    abusers.shutdown();

    List<String> faults = new ArrayList<>();
    for (Future<String> one : done) {
      faults.add(one.get());
    }
    assertThat(faults).filteredOn(fault -> !fault.isEmpty()).isEmpty();
    int all = said;
    eventually(() -> assertThat(numbers(all)).hasSize(all));
    itIsAsIfNothingHadBeen();
  }

  @Test
  void fuzzedFramesOverARealLineDoNotHurtEither() throws Exception {
    fuzz(SEED, FUZZED / 5); // what is loaded once, and caches that have a bound
    long before = server.liveHeapBytes();
    fuzz(SEED + FUZZERS, FUZZED);
    eventually(
        () -> {
          speaker.send(dm, "m0", "still here"); // at first it may be told to come back later
          assertThat(numbers(1)).hasSize(1);
        });
    itIsAsIfNothingHadBeen();
    long kept = server.liveHeapBytes() - before;
    System.out.printf("%d frames, live heap %d KiB, %d more%n", FUZZED, before >> 10, kept >> 10);
    assertThat(kept).as("bytes kept of seed %d", SEED).isLessThan(MOST_KEPT_BYTES);
  }

  private void fuzz(long firstSeed, int frames) throws Exception {
    ExecutorService fuzzers = Executors.newFixedThreadPool(FUZZERS);
    List<Future<?>> done = new ArrayList<>();
    for (int i = 0; i < FUZZERS; i++) {
      long seed = firstSeed + i;
      done.add(fuzzers.submit(() -> fuzzOneByOne(seed, frames / FUZZERS)));
    }
    fuzzers.shutdown();
    for (Future<?> one : done) {
      one.get();
    }
  }

  /** Texts on a line for as long as the server bears it, and then on the next. */
  private Void fuzzOneByOne(long seed, int frames) throws Exception {
    FrameFuzz texts = new FrameFuzz(seed);
    SplittableRandom random = new SplittableRandom(seed);
    int said = 0;
    while (said < frames) {
      try (Wire wire = new Wire(server.port(), "127.0.0.1")) {
        wire.enter(token);
        while (said < frames) {
          said++;
          byte[] payload = texts.next().getBytes(StandardCharsets.UTF_8);
          byte[] frame = Wire.masked(Wire.TEXT, payload);
          if (random.nextInt(50) == 0) { // and the frame itself may be none
            frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
          }
          wire.say(frame).drain();
        }
      } catch (SocketException ended) {
        // By the server, which has had enough of this line.
      }
    }
    return null;
  }

  private void itIsAsIfNothingHadBeen() {
    eventually(() -> assertThat(connections(server.metrics())).isEqualTo(2));
    Metrics after = server.metrics();
    assertThat(after.sum(HELD + "count")).isGreaterThan(calm.sum(HELD + "count"));
    System.out.printf(
        "seed %d: %d of %d looks found a loop held for 100 ms or more%n",
        SEED,
        heldFor("0.1", after) - heldFor("0.1", calm),
        after.sum(HELD + "count") - calm.sum(HELD + "count"));
    assertThat(heldFor("1.0", after)).as("seed %d", SEED).isEqualTo(heldFor("1.0", calm));
    assertThat(server.output().substring(logged).lines())
        .noneMatch(line -> line.contains(" ERROR ") || line.startsWith("\tat "));
  }

  private static void eventually(ThrowingRunnable holds) {
    await().atMost(Duration.ofSeconds(Await.PATIENCE_SECONDS)).untilAsserted(holds);
  }

  /** Which of the messages the listener has heard. */
  private List<Integer> numbers(int upTo) {
    List<String> heard = listener.heard();
    return IntStream.range(0, upTo)
        .filter(i -> heard.stream().anyMatch(text -> text.contains("\"m" + i + "\"")))
        .boxed()
        .toList();
  }

  private static long connections(Metrics metrics) {
    return metrics.sum("parley_gateway_connections");
  }

  /**
   * How often a loop came so late by work of its own. What is late on a busy machine may still
   * count for more than it was, so the bound is generous; how long a single frame takes is measured
   * by {@code FrameFuzzTest}.
   */
  private static long heldFor(String seconds, Metrics metrics) {
    return metrics.sum(HELD + "count") - metrics.by(HELD + "bucket", "le").get(seconds);
  }
}

package chat.parley.perf;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ClientGroup;
import chat.parley.client.Observer;
import chat.parley.client.Source;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/**
 * Direct messages at a constant rate, spread over all pairs in turn. Both waits begin when the
 * message was due, and end at the sender's ack and where the other user is shown the message.
 */
final class ChatLoad {
  /**
   * What became of a run.
   *
   * @param lost acked and not delivered within the grace
   * @param failed sends that ended otherwise than with an ack
   */
  record Result(
      int sent, int acked, int delivered, int lost, int failed, Latency ack, Latency delivery) {}

  private static final int GRACE_SECONDS = 15;
  private static final String TEXT =
      "the quick brown fox jumps over the lazy dog while the band plays on and on until the morning"
          + " comes; then everybody walks home along the river, slowly, and sleeps until noon";

  private final ClientGroup group;
  private final List<Pair> pairs;
  private final AtomicReference<Run> current;

  /** The state of one run; touched on the group's loop only, but for {@code dueAt}. */
  private static final class Run {
    final String mark;
    final long[] dueAt;
    final boolean[] acked;
    final boolean[] delivered;
    final Histogram ackMicros = Latency.histogram();
    final Histogram deliveryMicros = Latency.histogram();
    final CountDownLatch open;
    int ackCount;
    int deliveryCount;
    int failures;

    Run(String mark, int total) {
      this.mark = mark;
      this.dueAt = new long[total];
      this.acked = new boolean[total];
      this.delivered = new boolean[total];
      this.open = new CountDownLatch(2 * total);
    }

    void acked(int index) {
      acked[index] = true;
      ackCount++;
      Latency.note(ackMicros, dueAt[index], System.nanoTime());
      open.countDown();
    }

    /** A message that is not acked will not be waited for. */
    void failed() {
      failures++;
      open.countDown();
      open.countDown();
    }

    void delivered(int index) {
      if (!delivered[index]) {
        delivered[index] = true;
        deliveryCount++;
        Latency.note(deliveryMicros, dueAt[index], System.nanoTime());
        open.countDown();
      }
    }

    int lost() {
      int lost = 0;
      for (int i = 0; i < acked.length; i++) {
        lost += acked[i] && !delivered[i] ? 1 : 0;
      }
      return lost;
    }
  }

  private ChatLoad(ClientGroup group, List<Pair> pairs, AtomicReference<Run> current) {
    this.group = group;
    this.pairs = pairs;
    this.current = current;
  }

  /** Opens the pairs with {@code opener}, which gets the observers to connect with. */
  static ChatLoad over(ClientGroup group, Opener opener) throws Exception {
    AtomicReference<Run> current = new AtomicReference<>();
    return new ChatLoad(group, opener.open(userId -> new Receiver(userId, current)), current);
  }

  /** Connects pairs whose users are watched by observers made here. */
  interface Opener {
    List<Pair> open(java.util.function.Function<String, Observer> observers) throws Exception;
  }

  List<Pair> pairs() {
    return pairs;
  }

  /** Sends for that long, then waits until all is delivered or the grace is over. */
  Result run(int rate, int seconds) throws InterruptedException {
    String mark = Long.toString(System.nanoTime(), Character.MAX_RADIX) + "-";
    Run run = new Run(mark, rate * seconds);
    current.set(run);
    int sent = Pacer.run(rate, seconds, (index, due) -> send(run, index, due));
    run.open.await(GRACE_SECONDS, TimeUnit.SECONDS);
    AtomicReference<Result> result = new AtomicReference<>();
    CountDownLatch told = new CountDownLatch(1);
    group.run(
        () -> {
          result.set(
              new Result(
                  sent,
                  run.ackCount,
                  run.deliveryCount,
                  run.lost(),
                  run.failures,
                  Latency.of(run.ackMicros),
                  Latency.of(run.deliveryMicros)));
          current.set(null);
          told.countDown();
        });
    told.await();
    return result.get();
  }

  private void send(Run run, int index, long due) {
    run.dueAt[index] = due;
    Pair pair = pairs.get(index % pairs.size());
    // 100 to 170 characters, as people write.
    String text = TEXT.substring(0, 100 + index % 71);
    group.run(
        () ->
            pair.speaker(index / pairs.size())
                .send(pair.conversationId(), run.mark + index, text)
                .onSuccess((Ack ack) -> run.acked(index))
                .onFailure(failure -> run.failed()));
  }

  private record Receiver(String userId, AtomicReference<Run> current) implements Observer {
    @Override
    public void delivered(Change change, Source source) {
      Run run = current.get();
      if (run == null || !change.isMessage() || change.actorId().equals(userId)) {
        return;
      }
      String id = change.message().clientMsgId();
      if (id.startsWith(run.mark)) {
        run.delivered(Integer.parseInt(id, run.mark.length(), id.length(), 10));
      }
    }
  }
}

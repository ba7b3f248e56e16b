package chat.parley.limit;

import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One bucket of the cluster as this node sees it: its own share, which costs no question, and
 * behind that the grid. One question is under way at a time, for all who wait; they are answered in
 * the order in which they came, and who comes while others wait waits too, so that what one device
 * sends stays in its order. While the grid is known to be empty, or does not answer, nobody is
 * asked. Thread-safe.
 */
final class SharedAllowance {
  /** The share is used up, and only the grid knows more. */
  static final long ASK = -1;

  private record Waiting(long amount, Promise<Long> waitMs) {}

  private final Limit limit;
  private final String id;
  private final Rate rate;
  private final Grid grid;
  private final Deque<Waiting> waiting = new ArrayDeque<>(1);
  private Allowance own;
  private Allowance alone;
  private int shareOf;
  private long leftover;
  private long emptyUntil;
  private boolean isEmpty;
  private boolean asking;

  SharedAllowance(Limit limit, String id, Rate rate, Grid grid) {
    this.limit = limit;
    this.id = id;
    this.rate = rate;
    this.grid = grid;
  }

  /**
   * Takes so many without asking anybody.
   *
   * @return 0 where they were taken; a wait in milliseconds where they were refused; {@link #ASK}
   */
  synchronized long take(long amount) {
    fit(grid.nodes().getAsInt());
    if (!waiting.isEmpty()) {
      return ASK;
    }
    long wait = fitsShare(amount) ? own.take(amount) : ASK;
    if (wait == 0 || shareOf <= 1) {
      return wait;
    }
    if (isEmpty && emptyUntil - grid.nanos().getAsLong() > 0) {
      return Allowance.ms(emptyUntil - grid.nanos().getAsLong());
    }
    return grid.isWell() ? ASK : takeAlone(amount);
  }

  /** More than a share ever holds is no matter for it; alone, this node's share is all there is. */
  private boolean fitsShare(long amount) {
    return own != null && (shareOf <= 1 || amount <= own.burst());
  }

  /** The same with the grid; completes with 0 or a wait in milliseconds, and never fails. */
  Future<Long> ask(long amount) {
    Waiting one = new Waiting(Math.min(amount, rate.burst()), Promise.promise());
    synchronized (this) {
      waiting.add(one);
    }
    pump();
    return one.waitMs().future();
  }

  /** A share of another size where the cluster has become larger or smaller. */
  private void fit(int nodes) {
    int sharing = Math.max(1, nodes);
    if (sharing == shareOf) {
      return;
    }
    Allowance before = own;
    own =
        rate.share(sharing)
            .map(
                share ->
                    before == null
                        ? Allowance.full(share, grid.nanos())
                        : before.resized(share, grid.nanos()))
            .orElse(null);
    shareOf = sharing;
  }

  private void pump() {
    long wanted;
    synchronized (this) {
      if (asking || waiting.isEmpty()) {
        return;
      }
      asking = true;
      wanted = waiting.stream().mapToLong(Waiting::amount).sum() - leftover;
    }
    grid.take(limit, id, rate, Math.max(1, wanted)).onComplete(answer -> settle(wanted, answer));
  }

  /** Whoever waits is told outside of the lock: what they do then is theirs. */
  private void settle(long wanted, AsyncResult<Long> answer) {
    List<Runnable> told = new ArrayList<>();
    synchronized (this) {
      asking = false;
      if (answer.failed()) {
        waiting.forEach(one -> tell(told, one, takeAlone(one.amount())));
        waiting.clear();
      } else {
        leftover += answer.result();
        while (!waiting.isEmpty() && waiting.peek().amount() <= leftover) {
          leftover -= waiting.peek().amount();
          tell(told, waiting.poll(), 0);
        }
        if (answer.result() < wanted && !waiting.isEmpty()) {
          refuseAll(told);
        }
      }
    }
    told.forEach(Runnable::run);
    pump();
  }

  private void refuseAll(List<Runnable> told) {
    long nanos = rate.nanosFor(waiting.peek().amount() - leftover);
    isEmpty = true;
    emptyUntil = grid.nanos().getAsLong() + nanos;
    waiting.forEach(one -> tell(told, one, Allowance.ms(nanos)));
    waiting.clear();
  }

  private static void tell(List<Runnable> told, Waiting one, long waitMs) {
    told.add(() -> one.waitMs().complete(waitMs));
  }

  /** By this node's own limit, which is the whole setting. */
  private long takeAlone(long amount) {
    grid.meters().local();
    if (alone == null) {
      alone = Allowance.full(rate, grid.nanos());
    }
    return alone.take(amount);
  }
}

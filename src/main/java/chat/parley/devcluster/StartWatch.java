package chat.parley.devcluster;

import chat.parley.embedded.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Waits for nodes, and says while it does which of them it waits for. */
final class StartWatch {
  private static final long LOOK_MS = 100;
  private static final long TELL_NANOS = Duration.ofSeconds(3).toNanos();

  private final Progress progress;
  private final long begin = System.nanoTime();
  private long told = begin;

  StartWatch(Progress progress) {
    this.progress = progress;
  }

  /**
   * Returns when the condition holds, or held once, for each.
   *
   * @throws DevClusterException when one ends, or the time is over
   */
  void await(List<DevNode> nodes, Predicate<DevNode> condition, Duration patience) {
    List<DevNode> waiting = new ArrayList<>(nodes);
    long from = System.nanoTime();
    while (true) {
      waiting.removeIf(node -> holds(node, condition));
      if (waiting.isEmpty()) {
        return;
      }
      if (System.nanoTime() - from > patience.toNanos()) {
        throw new DevClusterException(
            waiting.get(0).name()
                + " is not ready after "
                + patience.toSeconds()
                + " s; see "
                + waiting.get(0).log()
                + ". A machine under load may need another try.");
      }
      tell(waiting);
      pause();
    }
  }

  private boolean holds(DevNode node, Predicate<DevNode> condition) {
    node.exit()
        .ifPresent(
            exit -> {
              throw new DevClusterException("While starting: " + exit.message());
            });
    return condition.test(node);
  }

  private void tell(List<DevNode> waiting) {
    if (System.nanoTime() - told >= TELL_NANOS) {
      told = System.nanoTime();
      waiting.forEach(node -> progress.line(node.name() + ": starting (" + seconds() + " s)"));
    }
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DevClusterException("The start was interrupted", e);
    }
  }

  long seconds() {
    return Duration.ofNanos(System.nanoTime() - begin).toSeconds();
  }
}

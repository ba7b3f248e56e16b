package chat.parley.turns;

import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Supplier;

/** Begins work while there is some and few enough pieces are under way. Lives on one context. */
public final class FewAtOnce {
  private final int atOnce;
  private final Supplier<Optional<Future<?>>> next;
  private int underWay;
  private boolean beginning;

  /**
   * At most {@code atOnce} at once; {@code next} begins the next piece of work and says how it
   * goes, or is empty where there is none left.
   */
  public FewAtOnce(int atOnce, Supplier<Optional<Future<?>>> next) {
    this.atOnce = atOnce;
    this.next = next;
  }

  /**
   * Begins what may begin now; to be said when there is new work. What ends makes place for more by
   * itself. One loop for all: work that ends at once, as all does while there is no store, would
   * else go down the stack, each piece within the last.
   */
  public void go() {
    if (beginning) {
      return;
    }
    beginning = true;
    try {
      Optional<Future<?>> begun = Optional.empty();
      while (underWay < atOnce && (begun = next.get()).isPresent()) {
        underWay++;
        begun.get().onComplete(done -> ended());
      }
    } finally {
      beginning = false;
    }
  }

  private void ended() {
    underWay--;
    go();
  }
}

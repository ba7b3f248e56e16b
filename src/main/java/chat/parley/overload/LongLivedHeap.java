package chat.parley.overload;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Comparator;
import java.util.Optional;

/**
 * How full the part of the heap for what lives long was after its last collection: what is used
 * before one says nothing, since a healthy heap fills up and is emptied all the time.
 */
public final class LongLivedHeap {
  /**
   * The share at which the first work is given up: below it heaps are busy as a matter of course.
   */
  private static final double BEGINS = 0.8;

  private static final double PERCENT = 100.0;

  private LongLivedHeap() {}

  /** {@code most} percent is all that can be borne; more than 80. */
  public static Signal signal(int most) {
    Optional<MemoryPoolMXBean> pool =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(one -> one.getType() == MemoryType.HEAP && one.getCollectionUsage() != null)
            .filter(one -> !one.getName().matches(".*(Eden|Survivor).*"))
            .max(Comparator.comparingLong(one -> one.getUsage().getMax()));
    return new Signal(
        "heap",
        () -> pool.map(one -> share(one.getCollectionUsage())).orElse(0.0),
        BEGINS,
        most / PERCENT,
        Work.SENDS);
  }

  private static double share(MemoryUsage usage) {
    return usage.getMax() <= 0 ? 0 : (double) usage.getUsed() / usage.getMax();
  }
}

package chat.parley.log;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Timestamps of what is written to {@code active}: what an owner marks or clears outweighs what it
 * did before and what any earlier owner did or will have done, whenever it comes to the store. By
 * anybody's clock it would not: a mark by one whose clock is ahead could not be cleared by its
 * heir, and a clearing that is late could take away a mark that was made after it, and with it the
 * knowledge that something is still to be published. Thread-safe.
 */
final class MarkOrder {
  /** Above microseconds of the clock, by which marks were written once. */
  private static final long FROM = 1L << 60;

  /** As many marks and clearings as one process makes, at a thousand a second for two years. */
  private static final int COUNT_BITS = 36;

  private final AtomicLong count = new AtomicLong();

  /**
   * The next one.
   *
   * @param epoch under which it is written; one process has it, and no other ever will
   */
  long next(long epoch) {
    return FROM + (epoch << COUNT_BITS) + count.incrementAndGet();
  }
}

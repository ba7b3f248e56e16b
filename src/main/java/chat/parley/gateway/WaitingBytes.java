package chat.parley.gateway;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What a gateway has written and the kernel has not taken yet, since who it is for does not read:
 * frames to sockets and answers to calls in one account, for they fill one memory. On any thread.
 */
final class WaitingBytes {
  private final AtomicLong bytes = new AtomicLong();
  private volatile long most = Long.MAX_VALUE;

  /** What may wait at the most; without a bound until this is said. */
  void atMost(long bound) {
    most = bound;
  }

  /** So much is written; {@link #gone} once it is with the kernel, or never will be. */
  void written(int count) {
    bytes.addAndGet(count);
  }

  void gone(int count) {
    bytes.addAndGet(-count);
  }

  long now() {
    return bytes.get();
  }

  /**
   * Whether there is room for pages that somebody asks for. Half of the bound is theirs at the
   * most: at the whole of it sockets are cut off, and calls alone shall not bring that about.
   */
  boolean hasRoom() {
    return now() <= most / 2;
  }
}

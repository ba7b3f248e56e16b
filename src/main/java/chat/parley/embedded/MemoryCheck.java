package chat.parley.embedded;

import java.lang.management.ManagementFactory;

/**
 * Refuses a start that the machine has no memory for: the kernel would end a child later, in the
 * middle of a write.
 */
public final class MemoryCheck {
  private static final int CASSANDRA_BESIDE_HEAP_MIB = 400;
  private static final int KAFKA_BESIDE_HEAP_MIB = 150;

  private MemoryCheck() {}

  /** The memory of this machine or container in MiB. */
  public static long physicalMib() {
    var system =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    return system.getTotalMemorySize() >> 20;
  }

  /** What the wanted stores take in MiB. */
  public static int neededMib(EmbeddedSettings settings) {
    return settings
            .cassandra()
            .map(cassandra -> cassandra.heapMib() + CASSANDRA_BESIDE_HEAP_MIB)
            .orElse(0)
        + settings.kafka().map(kafka -> kafka.heapMib() + KAFKA_BESIDE_HEAP_MIB).orElse(0);
  }

  /**
   * Compares what there is with what the wanted stores take.
   *
   * @throws EmbeddedStackException when it cannot be enough
   */
  static void require(long physicalMib, EmbeddedSettings settings) {
    int needed = neededMib(settings);
    if (needed > physicalMib) {
      throw new EmbeddedStackException(
          "Memory is short: the embedded stores need about "
              + needed
              + " MiB and this machine has "
              + physicalMib
              + " MiB. Set smaller heaps (embedded.cassandra.heap-mib, embedded.kafka.heap-mib), or use external stores"
              + " (cassandra.contact-points, kafka.bootstrap-servers).");
    }
  }
}

package chat.parley.cassandra;

import java.util.Objects;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says at the start what Cassandra's own settings make of what Parley promises. */
final class StorePromises {
  private static final Logger LOG = LoggerFactory.getLogger(StorePromises.class);
  private static final String UNKNOWN = "unknown";
  private static final String PAXOS = "v2";

  private final UnaryOperator<String> settings;
  private final int replicas;

  /**
   * Of the Cassandra node that is asked; others may have other settings.
   *
   * @param settings gives a setting of Cassandra by its name, null where it is not known
   * @param replicas of the keyspace
   */
  StorePromises(UnaryOperator<String> settings, int replicas) {
    this.settings = settings;
    this.replicas = replicas;
  }

  void say() {
    sayWhatAnAckIsWorth();
    warnOfAnotherPaxos();
  }

  private void sayWhatAnAckIsWorth() {
    String sync = setting("commitlog_sync");
    boolean synced = "group".equals(sync) || "batch".equals(sync);
    if (synced || replicas >= 3) {
      LOG.atInfo()
          .addKeyValue("commitlogSync", sync)
          .addKeyValue("replicas", replicas)
          .log("an acked message survives the crash of a store node");
    } else {
      LOG.atWarn()
          .addKeyValue("commitlogSync", sync)
          .addKeyValue("replicas", replicas)
          .log(
              "an acked message may be lost when the store crashes: set commitlog_sync: group, or"
                  + " use 3 replicas");
    }
  }

  /** Who owns a shard is decided by lightweight transactions. */
  private void warnOfAnotherPaxos() {
    String variant = setting("paxos_variant");
    if (!PAXOS.equals(variant)) {
      LOG.atWarn()
          .addKeyValue("paxosVariant", variant)
          .log(
              "who owns a conversation is decided by the store's lightweight transactions, and Parley"
                  + " relies on those of paxos_variant: v2; set it on every node of Cassandra");
    }
  }

  private String setting(String name) {
    return Objects.requireNonNullElse(settings.apply(name), UNKNOWN);
  }
}

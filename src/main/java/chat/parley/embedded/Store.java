package chat.parley.embedded;

/** One of the two stores of an {@link EmbeddedStack}. */
public enum Store {
  CASSANDRA(CassandraServer.NAME),
  KAFKA(KafkaServer.NAME);

  private final String storeName;

  Store(String storeName) {
    this.storeName = storeName;
  }

  /** As {@link EmbeddedStack#pids} and messages call it. */
  public String storeName() {
    return storeName;
  }
}

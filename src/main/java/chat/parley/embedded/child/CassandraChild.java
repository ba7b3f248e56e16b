package chat.parley.embedded.child;

/**
 * The main class of the Cassandra child: the real daemon, tied to the parent's life. Settings come
 * as properties.
 */
public final class CassandraChild {
  private CassandraChild() {}

  /**
   * Runs the daemon of the class path it is started with.
   *
   * @throws Exception what the daemon throws; the process then ends with a code other than 0
   */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.begin();
    Class.forName("org.apache.cassandra.service.CassandraDaemon")
        .getMethod("main", String[].class)
        .invoke(null, (Object) new String[0]);
  }
}

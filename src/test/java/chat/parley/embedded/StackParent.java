package chat.parley.embedded;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A process of its own that starts a stack, prints the children's process ids, and stays until it
 * is killed.
 */
final class StackParent {
  private StackParent() {}

  public static void main(String[] arguments) throws InterruptedException {
    EmbeddedStack stack =
        EmbeddedStack.start(EmbeddedSettings.in(Path.of(arguments[0])), System.out::println);
    stack.pids().values().forEach(pid -> System.out.println("pid " + pid));
    System.out.println("started");
    new CountDownLatch(1).await();
  }
}

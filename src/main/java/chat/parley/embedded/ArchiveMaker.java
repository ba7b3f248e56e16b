package chat.parley.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Makes the class-data archives that are still missing, once and in the background: some 6 s of one
 * core each, in processes apart. Having the stores make them as they end would double their first
 * start and their stop.
 */
final class ArchiveMaker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final List<ChildSpec> specs;
  private final Duration delay;
  private final CountDownLatch closed = new CountDownLatch(1);
  private Child process;

  private ArchiveMaker(List<ChildSpec> specs, Duration delay) {
    this.specs = List.copyOf(specs);
    this.delay = delay;
  }

  /** Starts after the delay with what is missing then. */
  static ArchiveMaker begin(List<ChildSpec> specs, Duration delay) {
    ArchiveMaker maker = new ArchiveMaker(specs, delay);
    Thread thread = new Thread(maker::makeAll, "class-archive");
    thread.setDaemon(true);
    thread.start();
    return maker;
  }

  private void makeAll() {
    try {
      if (closed.await(delay.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      for (ChildSpec spec : specs) {
        if (!spec.archive().exists() && Files.exists(spec.classList())) {
          make(spec);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (EmbeddedStackException | UncheckedIOException | IOException e) {
      return; // the next start is as slow as this one was, no more
    }
  }

  private void make(ChildSpec store) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(store.directory().resolve("archive"));
    List<String> options =
        new ArrayList<>(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    options.addAll(store.archive().makeOptions());
    ChildSpec spec =
        new ChildSpec(
            store.name() + " class archive",
            store.java(),
            folder,
            options,
            store.classPath(),
            LauncherJar.ARCHIVE_MAIN,
            List.of(store.classList().toString()),
            0,
            folder.resolve("log"),
            folder.resolve("out"),
            store.archive());
    if (!start(spec)) {
      return;
    }
    if (process.awaitEnd(PATIENCE)) {
      store.archive().keep();
    } else {
      store.archive().discard();
    }
  }

  private synchronized boolean start(ChildSpec spec) {
    if (closed.getCount() == 0) {
      return false;
    }
    process = Child.start(spec, Map.of());
    return true;
  }

  /** Gives up what is not done yet; nothing is lost by it. */
  @Override
  public synchronized void close() {
    closed.countDown();
    if (process != null) {
      process.kill();
    }
  }
}

package chat.parley.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Remembers who runs on the data folder, so that a start right after a {@code kill -9} of the
 * parent waits until its children are gone: two stores on one folder would spoil it.
 */
public final class FormerChildren {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long CLOCK_STEP_MILLIS = 2000;

  private final RememberedValues records;
  private final Progress progress;

  FormerChildren(RememberedValues records, Progress progress) {
    this.records = records;
    this.progress = progress;
  }

  /** Remembers in this properties file, made if absent. */
  public static FormerChildren keptIn(Path file, Progress progress) {
    return new FormerChildren(new RememberedValues(file), progress);
  }

  /**
   * The JVM option by which a process says that it is the child of one of ours, as one that hangs
   * may be killed for.
   */
  public static String mark(Path directory) {
    return "-D" + Child.MARK + "=" + directory;
  }

  /** Writes down a child that has just been started. */
  public void record(String name, ProcessHandle child) {
    records.put(name + ".start", Long.toString(startOf(child)));
    records.put(name + ".pid", Long.toString(child.pid()));
  }

  /** Strikes out a child that has ended. */
  public void forget(String name) {
    records.remove(name + ".pid");
    records.remove(name + ".start");
  }

  /**
   * Waits until the children of the last parent are gone. One that hangs is killed if it is
   * certainly ours: the same process id, the same start time, and our mark on its command line. Any
   * other process under that id is left alone.
   *
   * @throws EmbeddedStackException when one will not go
   */
  public void awaitGone(List<String> names) throws InterruptedException {
    for (String name : names) {
      Optional<ProcessHandle> former = find(name);
      if (former.isPresent()) {
        awaitGone(name, former.get());
      }
      forget(name);
    }
  }

  private Optional<ProcessHandle> find(String name) {
    return records
        .number(name + ".pid")
        .flatMap(ProcessHandle::of)
        .filter(ProcessHandle::isAlive)
        .filter(process -> startedAt(process, records.number(name + ".start").orElse(0L)));
  }

  private void awaitGone(String name, ProcessHandle former) throws InterruptedException {
    progress.line(
        name + ": waiting for the one of the last run to end (process " + former.pid() + ")");
    if (endsWithin(former, PATIENCE)) {
      return;
    }
    if (bearsOurMark(former)) {
      progress.line(
          name + ": killing the one of the last run, it hangs (process " + former.pid() + ")");
      former.destroyForcibly();
      if (endsWithin(former, Duration.ofSeconds(5))) {
        return;
      }
    }
    throw new EmbeddedStackException(
        "The "
            + name
            + " of the last run (process "
            + former.pid()
            + ") still holds the data folder. End it first.");
  }

  private static boolean bearsOurMark(ProcessHandle process) {
    return process
        .info()
        .commandLine()
        .filter(line -> line.contains("-D" + Child.MARK + "="))
        .isPresent();
  }

  private static boolean endsWithin(ProcessHandle process, Duration patience)
      throws InterruptedException {
    CompletableFuture<ProcessHandle> end = process.onExit();
    try {
      end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return !process.isAlive();
    } catch (ExecutionException e) {
      return !process.isAlive();
    }
  }

  private static long startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Two readings of one process differ a little when the clock was set between them. */
  private static boolean startedAt(ProcessHandle process, long recorded) {
    long start = startOf(process);
    return start != 0 && Math.abs(start - recorded) <= CLOCK_STEP_MILLIS;
  }
}

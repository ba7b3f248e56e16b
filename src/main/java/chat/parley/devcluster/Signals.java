package chat.parley.devcluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Freezes and wakes other processes (SIGSTOP, SIGCONT), on systems that have a {@code sh}. A frozen
 * process wakes at the latest when this one ends, so that it can see that its parent is gone.
 */
final class Signals {
  /** The sh ignores what a terminal sends to the whole group: it must live to wake the other. */
  private static final String FREEZE =
      "trap '' INT HUP TERM; kill -STOP \"$0\" && echo frozen && cat >/dev/null; kill -CONT \"$0\"";

  private static final long PATIENCE_MS = 2_000;
  private static final long LOOK_MS = 2;

  private final long pid;
  private Process freezer;

  Signals(long pid) {
    this.pid = pid;
  }

  /** Freezes it; returns when it is. Does nothing to one that this has frozen. */
  synchronized void pause() {
    if (freezer != null) {
      return;
    }
    Process started = sh(FREEZE);
    try {
      if (started.getInputStream().read() < 0) {
        throw new DevClusterException("Process " + pid + " cannot be paused: it is gone");
      }
      freezer = started;
      awaitFrozen();
    } catch (IOException e) {
      throw new DevClusterException("Process " + pid + " cannot be paused: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The signal is on its way; it counts when each of the process's threads has taken it. */
  private void awaitFrozen() throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MS);
    while (Files.exists(stat()) && !isPaused() && System.nanoTime() < deadline) {
      Thread.sleep(LOOK_MS);
    }
  }

  /** Wakes it, whoever froze it. Does nothing to one that runs or is gone. */
  synchronized void resume() {
    if (freezer != null) {
      freezer.destroyForcibly();
      freezer = null;
    }
    try {
      sh("kill -CONT \"$0\"").waitFor(PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is frozen, by whomever; where the system has no {@code /proc}, by this. */
  boolean isPaused() {
    try {
      String line = Files.readString(stat());
      return "Tt".indexOf(line.charAt(line.lastIndexOf(')') + 2)) >= 0;
    } catch (IOException | StringIndexOutOfBoundsException noProcess) {
      return freezer != null && !Files.exists(Path.of("/proc/self/stat"));
    }
  }

  private Path stat() {
    return Path.of("/proc", Long.toString(pid), "stat");
  }

  private Process sh(String script) {
    try {
      return new ProcessBuilder("sh", "-c", script, Long.toString(pid))
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new DevClusterException("Signals need a sh: " + e.getMessage(), e);
    }
  }
}

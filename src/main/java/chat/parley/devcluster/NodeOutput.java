package chat.parley.devcluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Carries what one run of a node says to its log and to whoever listens, line by line. */
final class NodeOutput {
  /** What {@code serve} says when every stage of its roles takes work. */
  private static final String READY = "Parley is ready";

  /** And what it says when it ends itself, since the others have left it; the reason follows. */
  private static final String STOPS = "Parley stops: ";

  private static final int LAST_LINES = 12;
  private static final long DRAIN_MS = 2_000;

  private final Process process;
  private final Path log;
  private final Consumer<String> listener;
  private final Deque<String> last = new ArrayDeque<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean saidReady;
  private volatile String stops = "";

  private NodeOutput(Process process, Path log, Consumer<String> listener) {
    this.process = process;
    this.log = log;
    this.listener = listener;
  }

  /** Begins, on a thread of its own that ends with the process. */
  static NodeOutput of(Process process, Path log, Consumer<String> listener) {
    NodeOutput output = new NodeOutput(process, log, listener);
    Thread thread = new Thread(output::carry, "output-of-" + process.pid());
    thread.setDaemon(true);
    thread.start();
    return output;
  }

  private void carry() {
    try (BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        Writer file =
            Files.newBufferedWriter(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        file.write(line);
        file.write('\n');
        file.flush();
        took(line);
      }
    } catch (IOException e) {
      took("its output can no longer be kept: " + e.getMessage());
    } finally {
      ended.complete(null);
    }
  }

  private void took(String line) {
    synchronized (last) {
      last.addLast(line);
      if (last.size() > LAST_LINES) {
        last.removeFirst();
      }
    }
    saidReady |= line.startsWith(READY);
    if (line.startsWith(STOPS)) {
      stops = line.substring(STOPS.length());
    }
    listener.accept(line);
  }

  boolean saidReady() {
    return saidReady;
  }

  /**
   * Why it ends itself, as it has said by now; empty where it has not. Of a process that has ended
   * ask after {@link #lastLines}, which waits for its very last.
   */
  String stops() {
    return stops;
  }

  /** The newest lines, oldest first; of a process that has ended these are its very last. */
  List<String> lastLines() {
    if (!process.isAlive()) {
      awaitEnd();
    }
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  private void awaitEnd() {
    try {
      ended.get(DRAIN_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return; // something that it started itself still holds the pipe
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

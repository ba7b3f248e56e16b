package chat.parley.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A running store. Its standard input is the leash: closing it stops the store, and our death
 * closes it.
 */
final class Child {
  /** A system property that tells our children from other processes. */
  static final String MARK = "parley.child";

  /** Variables by which a JVM takes options that were meant for ours, a debugger's port for one. */
  private static final List<String> FOREIGN =
      List.of("JDK_JAVA_OPTIONS", "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH");

  private static final int TAIL_LINES = 12;
  private static final int TAIL_BYTES = 16_384;

  private final ChildSpec spec;
  private final Process process;
  private volatile boolean stopping;

  private Child(ChildSpec spec, Process process) {
    this.spec = spec;
    this.process = process;
  }

  /**
   * Starts the process.
   *
   * @param moreEnvironment variables beside our own
   * @throws EmbeddedStackException when the system cannot
   */
  static Child start(ChildSpec spec, Map<String, String> moreEnvironment) {
    Path options = spec.directory().resolve("java.options");
    DataFolder.write(options, argumentFile(spec).getBytes(StandardCharsets.UTF_8));
    ProcessBuilder builder =
        new ProcessBuilder(
                spec.java().toString(), "-D" + MARK + "=" + spec.directory(), "@" + options)
            .directory(spec.directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(spec.output().toFile());
    Map<String, String> environment = builder.environment();
    FOREIGN.forEach(environment::remove);
    environment.putAll(moreEnvironment);
    try {
      return new Child(spec, builder.start());
    } catch (IOException e) {
      throw new EmbeddedStackException(spec.name() + " cannot be started: " + e.getMessage(), e);
    }
  }

  /** A file, for a hundred jars make a command line that systems cut off in the process list. */
  private static String argumentFile(ChildSpec spec) {
    List<String> words = new ArrayList<>(spec.options());
    words.add("-cp");
    words.add(
        spec.classPath().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    words.add(spec.mainClass());
    words.addAll(spec.arguments());
    return words.stream()
        .map(word -> '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
        .collect(Collectors.joining("\n", "", "\n"));
  }

  ChildSpec spec() {
    return spec;
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Completes if the process ends before {@link #letGo} was called, else never. */
  CompletableFuture<ChildExit> unexpectedExit() {
    CompletableFuture<ChildExit> exit = new CompletableFuture<>();
    process
        .onExit()
        .thenAccept(
            ended -> {
              if (!stopping) {
                exit.complete(exit());
              }
            });
    return exit;
  }

  /** What to tell of a process that has ended. */
  ChildExit exit() {
    List<String> lines = new ArrayList<>(tail(spec.output()));
    lines.addAll(tail(spec.log()));
    return new ChildExit(spec.name(), process.pid(), process.exitValue(), lines);
  }

  /** Asks for a clean stop: at the end of its input the store drains and ends. Does not wait. */
  void letGo() {
    stopping = true;
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      process.destroy(); // the pipe is gone already, and so should the process be
    }
  }

  /**
   * Waits for the end asked for, and forces it when the time is over.
   *
   * @return whether it ended in time and well
   */
  boolean awaitEnd(Duration patience) throws InterruptedException {
    if (process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      return process.exitValue() == 0;
    }
    process.destroy();
    if (!process.waitFor(3, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
    }
    return false;
  }

  /** Ends it at once (SIGKILL), as asked for. Does not wait. */
  void kill() {
    stopping = true;
    process.destroyForcibly();
  }

  private static List<String> tail(Path file) {
    try (var channel = Files.newByteChannel(file)) {
      long from = Math.max(0, channel.size() - TAIL_BYTES);
      channel.position(from);
      var bytes = ByteBuffer.allocate(TAIL_BYTES);
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        continue;
      }
      List<String> lines =
          new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8)
              .lines()
              .filter(l -> !l.isBlank())
              .toList();
      return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
    } catch (IOException e) {
      return List.of();
    }
  }
}

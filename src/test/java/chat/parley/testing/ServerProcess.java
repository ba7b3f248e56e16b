package chat.parley.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One run of the program in a JVM of its own. */
public final class ServerProcess {
  private static final String HEAP = "-Xmx384m";

  /** It lives for seconds, and the second compiler would spend them on getting ready. */
  private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

  /** The last line of a histogram of classes: instances, bytes. */
  private static final Pattern TOTAL = Pattern.compile("(?m)^Total +[0-9]+ +([0-9]+)");

  private final Process process;
  private final Path log;

  private ServerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Runs {@code serve} with these settings; what it says is appended to the log. */
  static ServerProcess serve(Map<String, String> settings, Path log) {
    List<String> arguments = new ArrayList<>(List.of("serve"));
    new TreeMap<>(settings)
        .forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    return run(arguments, log);
  }

  /** Runs the program with these arguments; what it says is appended to the log. */
  public static ServerProcess run(List<String> arguments, Path log) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(ParleyServer.jvmOptions()));
    command.add(HEAP);
    command.add(QUICK_START);
    command.add("-cp");
    command.add("target/classes" + File.pathSeparator + "target/lib/*");
    command.add("chat.parley.Main");
    command.addAll(arguments);
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      return new ServerProcess(started, log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  int exitValue() {
    return process.exitValue();
  }

  /** SIGKILL; returns when the process is gone. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGKILL to its children, the embedded stores, and to itself: as a power cut ends them. */
  void killWithChildren() {
    List<ProcessHandle> children = process.descendants().toList();
    // The stores first: where their parent is gone they end in order.
    children.forEach(ProcessHandle::destroyForcibly);
    kill();
    children.forEach(child -> child.onExit().join());
  }

  /** SIGSTOP: it lives, holds its connections, and does nothing. */
  void freeze() {
    signal("STOP");
  }

  /** SIGCONT: it goes on as if no time had passed. */
  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
      if (kill.waitFor() != 0) {
        throw new AssertionError("SIG" + name + " could not be sent");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGTERM; the exit code. The handler of the signal ends a JVM with 143, which counts as 0. */
  int terminate(long seconds) {
    process.destroy();
    int code = exit(seconds);
    return code == 143 ? 0 : code;
  }

  /** Waits for the end; the exit code. Kills it and fails where it does not end in time. */
  public int exit(long seconds) {
    try {
      if (process.waitFor(seconds, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    throw new AssertionError("the server did not end within " + seconds + " s:\n" + output());
  }

  /** The bytes of what is alive in its heap, after a full collection. */
  long liveHeapBytes() {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    try {
      Process histogram =
          new ProcessBuilder(jcmd, Long.toString(process.pid()), "GC.class_histogram")
              .redirectErrorStream(true)
              .start();
      String told = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher total = TOTAL.matcher(told);
      if (!total.find()) {
        throw new AssertionError("jcmd says nothing of the heap: " + told);
      }
      return Long.parseLong(total.group(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What it has said so far. */
  public String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

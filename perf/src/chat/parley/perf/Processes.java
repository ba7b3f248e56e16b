package chat.parley.perf;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The processor time of the processes of a run, from Linux's {@code /proc}: user and system time of
 * all threads, in steps of 10 ms. The stores are the server's children; so are the nodes, where the
 * server is a {@code dev-cluster}.
 */
final class Processes {
  /** Whose time it is. */
  enum Part {
    SERVER,
    CASSANDRA,
    KAFKA,
    GENERATOR
  }

  /**
   * Times since the processes began, in ms; {@code machineBusy} and {@code machineAll} of all
   * processors.
   */
  record Times(Map<Part, Long> millis, long machineBusy, long machineAll) {
    /** Milliseconds that a part has used since then, or -1 where its process is not known. */
    long since(Times before, Part part) {
      Long now = millis.get(part);
      return now == null ? -1 : now - before.millis.get(part);
    }

    /** How busy the machine was since then with whatever it did, 0 to 1. */
    double busySince(Times before) {
      return (double) (machineBusy - before.machineBusy)
          / Math.max(1, machineAll - before.machineAll);
    }
  }

  private static final Path PROC = Path.of("/proc");
  private static final long TICK_MS = 10;
  // Fields of stat after the command, which is in brackets and may hold blanks.
  private static final int PARENT = 1;
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int GUEST = 9;

  private final Map<Part, List<Long>> pids = new EnumMap<>(Part.class);

  private Processes() {}

  /**
   * The generator's own process, and the server's with its stores where {@code server} is above 0.
   * A store that the server did not start itself is left out.
   */
  static Processes of(long server) {
    Processes processes = new Processes();
    processes.pids.put(Part.GENERATOR, List.of(ProcessHandle.current().pid()));
    if (server > 0) {
      List<Long> nodes = children(server, command -> command.contains("--stop-with-parent"));
      processes.pids.put(Part.SERVER, Stream.concat(Stream.of(server), nodes.stream()).toList());
      processes.put(
          Part.CASSANDRA, children(server, store("CassandraChild", "embedded/cassandra")));
      processes.put(Part.KAFKA, children(server, store("KafkaChild", "embedded/kafka")));
    }
    return processes;
  }

  private void put(Part part, List<Long> found) {
    if (!found.isEmpty()) {
      pids.put(part, found);
    }
  }

  private static Predicate<String> store(String mainClass, String folder) {
    return command -> command.contains(mainClass) || command.contains(folder);
  }

  Map<Part, List<Long>> pids() {
    return Map.copyOf(pids);
  }

  /** The times now. */
  Times times() {
    Map<Part, Long> millis = new EnumMap<>(Part.class);
    pids.forEach((part, all) -> millis.put(part, all.stream().mapToLong(Processes::usedMs).sum()));
    String[] machine = text(PROC.resolve("stat")).lines().findFirst().orElseThrow().split(" +");
    long total = 0;
    for (int i = 1; i < Math.min(machine.length, GUEST); i++) {
      total += Long.parseLong(machine[i]);
    }
    long idle = Long.parseLong(machine[IDLE]) + Long.parseLong(machine[IO_WAIT]);
    return new Times(millis, total - idle, total);
  }

  private static long usedMs(long pid) {
    String[] stat = stat(pid);
    return (Long.parseLong(stat[USER_TIME]) + Long.parseLong(stat[SYSTEM_TIME])) * TICK_MS;
  }

  private static List<Long> children(long parent, Predicate<String> command) {
    try (Stream<Path> all = Files.list(PROC)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .map(Long::parseLong)
          .filter(pid -> isChild(pid, parent, command))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isChild(long pid, long parent, Predicate<String> command) {
    try {
      return Long.parseLong(stat(pid)[PARENT]) == parent
          && command.test(text(PROC.resolve(pid + "/cmdline")));
    } catch (UncheckedIOException gone) {
      return false;
    }
  }

  private static String[] stat(long pid) {
    String stat = text(PROC.resolve(pid + "/stat"));
    return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

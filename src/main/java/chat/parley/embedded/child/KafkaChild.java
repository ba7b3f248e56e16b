package chat.parley.embedded.child;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The main class of the Kafka child: formats the log folder once, then runs the real broker, tied
 * to the parent's life.
 */
public final class KafkaChild {
  private KafkaChild() {}

  /**
   * Runs the broker of the class path it is started with.
   *
   * @param arguments the broker's settings file, the log folder, the cluster id to format a new log
   *     folder with
   * @throws Exception what the broker throws; the process then ends with a code other than 0
   */
  public static void main(String[] arguments) throws Exception {
    ParentWatch.begin();
    String settings = arguments[0];
    if (!Files.exists(Path.of(arguments[1], "meta.properties"))) {
      format(settings, arguments[2]);
    }
    Class.forName("kafka.Kafka")
        .getMethod("main", String[].class)
        .invoke(null, (Object) new String[] {settings});
  }

  /** The tool's own main would end the process, so its inner step is called. */
  private static void format(String settings, String clusterId)
      throws ReflectiveOperationException {
    String[] command = {"format", "--ignore-formatted", "-t", clusterId, "-c", settings};
    Object code =
        Class.forName("kafka.tools.StorageTool")
            .getMethod("execute", String[].class, PrintStream.class)
            .invoke(null, command, System.out);
    if (!Integer.valueOf(0).equals(code)) {
      throw new IllegalStateException("Formatting Kafka's log folder ended with code " + code);
    }
  }
}

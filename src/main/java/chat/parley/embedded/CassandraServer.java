package chat.parley.embedded;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes Cassandra's settings and says how to start it. */
final class CassandraServer {
  static final String NAME = "Cassandra";
  static final String DATA_CENTER = "datacenter1"; // what SimpleSnitch calls it

  private CassandraServer() {}

  /**
   * Lays its folder out for this start.
   *
   * @throws EmbeddedStackException when a port is taken, or the libraries or a fitting Java are
   *     missing
   */
  static ChildSpec prepare(
      EmbeddedSettings settings, DataFolder folder, Ports ports, StackLayout layout) {
    EmbeddedSettings.Cassandra cassandra = settings.cassandra().orElseThrow();
    Path java = ChildJdk.ofThisMachine().command(settings.java17Home());
    int port = ports.configured(EmbeddedSettings.CASSANDRA_PORT, cassandra.port());
    int storagePort = ports.chosen("embedded.cassandra.storage-port");
    Path home = folder.embedded("cassandra");
    Path log = folder.logs().resolve("cassandra.log");

    String yaml = Template.fill("cassandra.yaml", Map.of("CQL", port, "NODE", storagePort));
    write(home.resolve("cassandra.yaml"), withOverrides(yaml, cassandra.overrides()));
    write(home.resolve("logback.xml"), Template.fill("cassandra-logback.xml", Map.of("LOG", log)));

    Path cache = layout.cache("cassandra", home);
    List<Path> classPath = new ArrayList<>(layout.libraries("cassandra"));
    classPath.add(LauncherJar.in(cache));
    ClassArchive archive = ClassArchive.in(cache, java, classPath);
    List<String> options =
        new ArrayList<>(
            List.of("-Xms" + cassandra.heapMib() + "m", "-Xmx" + cassandra.heapMib() + "m"));
    options.addAll(archive.useOptions(home.resolve("classes.list")));
    Template.text("cassandra-jvm.options")
        .lines()
        .flatMap(line -> List.of(line.split(" ")).stream())
        .forEach(options::add);
    options.add("-XX:+ExitOnOutOfMemoryError");
    options.add("-XX:ErrorFile=" + folder.logs().resolve("cassandra-crash.log"));
    options.add("-Dcassandra.config=" + home.resolve("cassandra.yaml").toUri());
    options.add("-Dcassandra.storagedir=" + home);
    options.add("-Dcassandra.logdir=" + folder.logs());
    options.add("-Dlogback.configurationFile=" + home.resolve("logback.xml"));
    return new ChildSpec(
        NAME,
        java,
        home,
        options,
        classPath,
        LauncherJar.CASSANDRA_MAIN,
        List.of(),
        port,
        log,
        folder.logs().resolve("cassandra.out"),
        archive);
  }

  /**
   * A top-level key of ours, with the lines under it, goes when it is overridden: YAML allows a key
   * only once.
   */
  static String withOverrides(String yaml, Map<String, String> overrides) {
    StringBuilder text = new StringBuilder();
    boolean dropping = false;
    for (String line : yaml.lines().toList()) {
      if (!line.isEmpty() && !Character.isWhitespace(line.charAt(0))) {
        dropping = overrides.containsKey(line.split(":", 2)[0]);
      }
      if (!dropping) {
        text.append(line).append('\n');
      }
    }
    overrides.forEach((key, value) -> text.append(key).append(": ").append(value).append('\n'));
    return text.toString();
  }

  private static void write(Path file, String text) {
    DataFolder.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}

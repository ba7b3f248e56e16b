package chat.parley.embedded;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes Kafka's settings and says how to start it: one process, broker and controller. */
final class KafkaServer {
  static final String NAME = "Kafka";
  private static final String CLUSTER_ID = "embedded.kafka.cluster-id";

  private KafkaServer() {}

  /**
   * Lays its folder out for this start.
   *
   * @throws EmbeddedStackException when a port is taken or the libraries are missing
   */
  static ChildSpec prepare(
      EmbeddedSettings settings,
      DataFolder folder,
      Ports ports,
      StackLayout layout,
      RememberedValues remembered) {
    EmbeddedSettings.Kafka kafka = settings.kafka().orElseThrow();
    int port = ports.configured(EmbeddedSettings.KAFKA_PORT, kafka.port());
    int controllerPort = ports.chosen("embedded.kafka.controller-port");
    Path home = folder.embedded("kafka");
    Path data = home.resolve("data");
    Path log = folder.logs().resolve("kafka.log");
    Path properties = home.resolve("server.properties");

    write(
        properties,
        Template.fill(
            "kafka-server.properties",
            Map.of(
                "PORT",
                port,
                "CTL",
                controllerPort,
                "DIR",
                data.toString().replace("\\", "/"),
                "DOORS",
                doors(kafka, EmbeddedSettings.Door::port),
                "ADVERTISED",
                doors(kafka, EmbeddedSettings.Door::advertisedPort),
                "PROTOCOLS",
                protocols(kafka),
                "OVERRIDES",
                overrides(kafka))));
    write(home.resolve("log4j2.xml"), Template.fill("kafka-log4j2.xml", Map.of("LOG", log)));

    Path java = ChildJdk.java(Path.of(System.getProperty("java.home")));
    Path cache = layout.cache("kafka", home);
    List<Path> classPath = new ArrayList<>(layout.libraries("kafka"));
    classPath.add(LauncherJar.in(cache));
    ClassArchive archive = ClassArchive.in(cache, java, classPath);
    List<String> options = new ArrayList<>(archive.useOptions(home.resolve("classes.list")));
    options.addAll(
        List.of(
            "-Xms" + kafka.heapMib() + "m",
            "-Xmx" + kafka.heapMib() + "m",
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-XX:ErrorFile=" + folder.logs().resolve("kafka-crash.log"),
            "-Dlog4j2.configurationFile=" + home.resolve("log4j2.xml").toUri()));
    return new ChildSpec(
        NAME,
        java,
        home,
        options,
        classPath,
        LauncherJar.KAFKA_MAIN,
        List.of(properties.toString(), data.toString(), clusterId(remembered)),
        port,
        log,
        folder.logs().resolve("kafka.out"),
        archive);
  }

  /** Of a key that is there twice Java takes the last. */
  private static String overrides(EmbeddedSettings.Kafka kafka) {
    return kafka.overrides().entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue().replace("\\", "/"))
        .collect(Collectors.joining("\n"));
  }

  private static String doors(
      EmbeddedSettings.Kafka kafka, ToIntFunction<EmbeddedSettings.Door> port) {
    return IntStream.range(0, kafka.doors().size())
        .mapToObj(i -> ",DOOR" + i + "://127.0.0.1:" + port.applyAsInt(kafka.doors().get(i)))
        .collect(Collectors.joining());
  }

  private static String protocols(EmbeddedSettings.Kafka kafka) {
    return IntStream.range(0, kafka.doors().size())
        .mapToObj(i -> ",DOOR" + i + ":PLAINTEXT")
        .collect(Collectors.joining());
  }

  /** Kafka's form of a UUID; never with a leading dash, which its tool would take for an option. */
  private static String clusterId(RememberedValues remembered) {
    String id = remembered.get(CLUSTER_ID).orElse("");
    while (id.isEmpty() || id.startsWith("-")) {
      UUID uuid = UUID.randomUUID();
      byte[] bytes =
          ByteBuffer.allocate(16)
              .putLong(uuid.getMostSignificantBits())
              .putLong(uuid.getLeastSignificantBits())
              .array();
      id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
    remembered.put(CLUSTER_ID, id);
    return id;
  }

  private static void write(Path file, String text) {
    DataFolder.write(file, text.getBytes(StandardCharsets.UTF_8));
  }
}

package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.embedded.EmbeddedSettings;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.Ports;
import chat.parley.testing.QuickNodes;
import chat.parley.testing.ServerProcess;
import chat.parley.testing.SharedStack;
import chat.parley.testing.SigningSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A Cassandra and a Kafka of a test's own, with an operator's settings. Kafka has a second listener
 * ({@code DOOR0}) for what these guard; its usual one stays open to the test.
 */
final class GuardedStores implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int FAILED = 1;

  private final Path data;
  private final EmbeddedStack stack;
  private final int guardedKafka;

  private GuardedStores(Path data, EmbeddedStack stack, int guardedKafka) {
    this.data = data;
    this.stack = stack;
    this.guardedKafka = guardedKafka;
  }

  static GuardedStores start(Path data, Map<String, String> cassandra, Map<String, String> kafka) {
    int door = Ports.keptIn(data.resolve("ports.properties")).chosen("kafka");
    EmbeddedSettings usual = EmbeddedSettings.in(data.resolve("stores"));
    List<EmbeddedSettings.Door> doors = List.of(new EmbeddedSettings.Door(door, door));
    EmbeddedStack stack =
        EmbeddedStack.start(
            usual
                .withCassandra(usual.cassandra().map(one -> one.withOverrides(cassandra)))
                .withKafka(usual.kafka().map(one -> one.withDoors(doors).withOverrides(kafka))),
            System.out::println);
    return new GuardedStores(data, stack, door);
  }

  EmbeddedStack stack() {
    return stack;
  }

  /** The port of Kafka's guarded listener. */
  int guardedKafka() {
    return guardedKafka;
  }

  /** By the open listener. */
  Admin kafka() {
    return Admin.create(
        Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, stack.kafkaBootstrap()));
  }

  void addKafkasUser(String name, String password) throws Exception {
    try (Admin admin = kafka()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      name,
                      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096),
                      password)))
          .all()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** So many nodes on these stores. */
  DevClusterPlan plan(int nodes, Map<String, String> settings) {
    return DevClusterPlan.of(data.resolve("cluster"), nodes)
        .withSettings(QuickNodes.with(settings))
        .withEnvironment(QuickNodes.ENVIRONMENT)
        .withStores(
            EmbeddedSettings.in(data).withCassandra(Optional.empty()).withKafka(Optional.empty()));
  }

  /** What a server with these settings says as it ends; never a stack trace. */
  String refusal(Map<String, String> wanted) throws IOException {
    Map<String, String> settings = new TreeMap<>(wanted);
    Path key = Files.writeString(data.resolve("signing.key"), SigningSecret.HEX);
    settings.put("auth.signing-key-file", key.toString());
    settings.put("cluster.port", "0");
    settings.put("http.port", "0");
    List<String> arguments = new ArrayList<>(List.of("serve", "--data-dir", data + "/refused"));
    settings.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
    // One of its own: what a former one said proves nothing.
    Path log = Files.createTempFile(data, "refused-", ".log");
    ServerProcess process = ServerProcess.run(arguments, log);
    assertThat(process.exit((int) PATIENCE.toSeconds())).as(process.output()).isEqualTo(FAILED);
    assertThat(process.output()).doesNotContain("\tat ");
    return process.output();
  }

  @Override
  public void close() {
    stack.close();
    SharedStack.wipe(data);
  }
}

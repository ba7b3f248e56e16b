package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.embedded.EmbeddedStack;
import chat.parley.testing.ServerProcess;
import chat.parley.testing.SharedStack;
import chat.parley.testing.SigningSecret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that cannot keep its promises does not start, and says why. */
class RefusedStartIT {
  private static final int FAILED = 1;
  private static final int UNUSABLE = 2;
  private static final long PATIENCE_SECONDS = 180;

  /** Nobody listens there; a key that is refused is refused before anybody asks. */
  private static final List<String> EXTERNAL_STORES =
      List.of(
          "--set", "cassandra.contact-points=127.0.0.1:1",
          "--set", "kafka.bootstrap-servers=127.0.0.1:1",
          "--set", "cluster.port=0",
          "--http-port", "0");

  @TempDir private Path folder;

  @Test
  void withoutASigningKey() {
    assertThat(refusal(UNUSABLE, EXTERNAL_STORES))
        .contains("auth.signing-key-file")
        .contains("must be set");
  }

  @Test
  void withAnEmptySigningKey() throws IOException {
    assertThat(refusal(FAILED, withKey(""))).contains("signing key file").contains("is empty");
  }

  @Test
  void withAShortSigningKeyWhichItDoesNotShow() throws IOException {
    assertThat(refusal(FAILED, withKey("5e".repeat(31))))
        .contains("31 bytes; at least 32")
        .doesNotContain("5e5e");
  }

  @Test
  void withAMissingSigningKey() {
    assertThat(refusal(FAILED, and("--set", "auth.signing-key-file=" + folder.resolve("none"))))
        .contains("does not exist");
  }

  @Test
  void withSettingsThatAreNotThereAllOfThemNamed() {
    assertThat(
            refusal(
                UNUSABLE,
                List.of("--set", "no.such=1", "--set", "http.prot=1", "--http-port", "ninety")))
        .contains("no.such: there is no such setting")
        .contains("http.prot: there is no such setting")
        .contains("http.port");
  }

  @Test
  void withAnOptionOrACommandThatIsNotThere() {
    assertThat(refusal(UNUSABLE, List.of("--nonsense"))).contains("--nonsense");
    ServerProcess unknown = ServerProcess.run(List.of("sing"), folder.resolve("sing.log"));
    assertThat(unknown.exit(PATIENCE_SECONDS)).isEqualTo(UNUSABLE);
    assertThat(unknown.output()).contains("sing").doesNotContain("\tat ");
  }

  @Test
  void withARoleThatIsNotThere() {
    assertThat(refusal(UNUSABLE, List.of("--roles", "gateway,juggler")))
        .contains("roles")
        .contains("juggler");
  }

  @Test
  void whereAFolderCannotBeMade() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.writeString(data.resolve("embedded"), "a file");

    assertThat(refusal(FAILED, List.of("--http-port", "0")))
        .contains("Parley cannot start")
        .contains("FileAlreadyExistsException")
        .contains(data.resolve("embedded").toString());
  }

  @Test
  void asAClusterWhereAFileCannotBeRead() throws IOException {
    Path data = Files.createDirectories(folder.resolve("data"));
    Files.createDirectory(data.resolve("ports.properties"));

    assertThat(
            refusal(
                FAILED,
                List.of("dev-cluster", "--nodes", "1", "--data-dir", data.toString()),
                "cluster.log"))
        .contains("The cluster cannot start: Cannot read")
        .contains("ports.properties: java.io.IOException");
  }

  @Test
  void onAPortThatIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());
      assertThat(refusal(FAILED, onStores(Map.of("http.port", port))))
          .contains("Parley cannot start")
          .contains(port)
          .contains("http.port");
    }
  }

  @Test
  void withADataCenterThatIsNotThere() throws IOException {
    assertThat(refusal(FAILED, onStores(Map.of("cassandra.local-datacenter", "atlantis"))))
        .contains("Parley cannot start")
        .contains("no data center atlantis")
        .contains("cassandra.local-datacenter");
  }

  @Test
  void withMoreReplicasThanThereAreNodes() throws IOException {
    assertThat(
            refusal(
                FAILED,
                onStores(
                    Map.of(
                        "cassandra.keyspace", "too_many",
                        "cassandra.replication-factor", "3"))))
        .contains("Parley cannot start")
        .contains("too few for cassandra.replication-factor 3");
  }

  @Test
  void withMoreReplicasThanThereAreBrokers() throws IOException {
    assertThat(
            refusal(
                FAILED,
                onStores(
                    Map.of(
                        "kafka.changes-topic", "too-many",
                        "kafka.replication-factor", "3"))))
        .contains("Parley cannot start")
        .contains("cannot make topic too-many");
  }

  /** The shared stores, with some settings altered. */
  private List<String> onStores(Map<String, String> altered) throws IOException {
    EmbeddedStack stack = SharedStack.get();
    Path key = Files.writeString(folder.resolve("key"), SigningSecret.HEX);
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "cassandra.contact-points", "127.0.0.1:" + stack.cassandraContactPoint().getPort());
    settings.put("cassandra.keyspace", "refused");
    settings.put("kafka.bootstrap-servers", stack.kafkaBootstrap());
    settings.put("kafka.changes-topic", "refused");
    settings.put("auth.signing-key-file", key.toString());
    settings.put("cluster.port", "0");
    settings.put("http.port", "0");
    settings.putAll(altered);
    List<String> arguments = new ArrayList<>();
    settings.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
    return arguments;
  }

  private List<String> withKey(String text) throws IOException {
    Path key = Files.writeString(folder.resolve("key"), text);
    return and("--set", "auth.signing-key-file=" + key);
  }

  private static List<String> and(String... more) {
    List<String> all = new ArrayList<>(EXTERNAL_STORES);
    all.addAll(List.of(more));
    return all;
  }

  /** What the server says as it ends with this code; never a stack trace. */
  private String refusal(int code, List<String> arguments) {
    List<String> all = new ArrayList<>(List.of("serve", "--data-dir", folder + "/data"));
    all.addAll(arguments);
    return refusal(code, all, "server.log");
  }

  private String refusal(int code, List<String> words, String log) {
    ServerProcess process = ServerProcess.run(words, folder.resolve(log));
    int ended = process.exit(PATIENCE_SECONDS);
    assertThat(ended).as(process.output()).isEqualTo(code);
    assertThat(process.output()).doesNotContain("\tat ");
    return process.output();
  }
}

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
  void onAPortThatIsTaken() throws IOException {
    EmbeddedStack stack = SharedStack.get();
    Path key = Files.writeString(folder.resolve("key"), SigningSecret.HEX);
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      String said =
          refusal(
              FAILED,
              List.of(
                  "--set",
                  "cassandra.contact-points=127.0.0.1:" + stack.cassandraContactPoint().getPort(),
                  "--set",
                  "cassandra.keyspace=refused",
                  "--set",
                  "kafka.bootstrap-servers=" + stack.kafkaBootstrap(),
                  "--set",
                  "kafka.changes-topic=refused",
                  "--set",
                  "auth.signing-key-file=" + key,
                  "--set",
                  "cluster.port=0",
                  "--http-port",
                  Integer.toString(taken.getLocalPort())));
      assertThat(said)
          .contains("Parley cannot start")
          .contains(Integer.toString(taken.getLocalPort()))
          .contains("http.port");
    }
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
    ServerProcess process = ServerProcess.run(all, folder.resolve("server.log"));
    int ended = process.exit(PATIENCE_SECONDS);
    assertThat(ended).as(process.output()).isEqualTo(code);
    assertThat(process.output()).doesNotContain("\tat ");
    return process.output();
  }
}

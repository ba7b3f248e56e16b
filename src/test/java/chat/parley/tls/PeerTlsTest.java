package chat.parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.testing.TestCertificate;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a file is said with the name of its setting. */
class PeerTlsTest {
  @TempDir static Path folder;
  private static TestCertificate own;
  private static TestCertificate stranger;
  private static Vertx vertx;

  @BeforeAll
  static void make() throws Exception {
    own = TestCertificate.make(folder, "own", 90);
    stranger = TestCertificate.make(folder, "stranger", 90);
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void close() {
    vertx.close();
  }

  @Test
  void itsOwnAuthorityBelievesIt() {
    assertThatCode(tls(own.authority(), own.identity())::requireAmongEquals)
        .doesNotThrowAnyException();
    assertThat(tls(own.authority(), own.identity()).context(vertx)).isNotNull();
  }

  @Test
  void theJdksAuthoritiesNeedNoFile() {
    assertThat(new PeerTls("kafka", Optional.empty(), Optional.empty()).context(vertx)).isNotNull();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsFoundAtHome() {
    assertThatThrownBy(tls(own.authority(), stranger.identity())::requireAmongEquals)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-certificate: " + stranger.authority())
        .hasMessageContaining("is not believed by whoever goes by cluster.tls-trust");
  }

  @Test
  void aCertificateThatHasEndedIsFoundAtHome() throws Exception {
    TestCertificate ended = TestCertificate.make(folder, "ended", -1);
    assertThatThrownBy(tls(ended.authority(), ended.identity())::requireAmongEquals)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-certificate");
  }

  @Test
  void filesThatAreNotThereOrHoldSomethingElse() throws Exception {
    Path nowhere = folder.resolve("nowhere.pem");
    assertThatThrownBy(tls(nowhere, own.identity())::requireFiles)
        .hasMessageContaining("cluster.tls-trust: " + nowhere + " cannot be used");
    assertThatThrownBy(
            tls(own.authority(), new TlsIdentity(own.authority(), nowhere))::requireFiles)
        .hasMessageContaining("cluster.tls-key: " + nowhere + " cannot be read");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(tls(empty, own.identity())::requireFiles)
        .hasMessageContaining("there is no certificate in it");
    TlsIdentity noKey = new TlsIdentity(own.authority(), own.authority());
    assertThatThrownBy(() -> tls(own.authority(), noKey).context(vertx))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-key");
  }

  private static PeerTls tls(Path trust, TlsIdentity identity) {
    return new PeerTls("cluster", Optional.of(trust), Optional.of(identity));
  }
}

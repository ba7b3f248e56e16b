package chat.parley.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.testing.TestCertificate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a file is said with the name of its setting. */
class PeerTlsTest {
  private static final String UNHEARD = "nobody would speak to this node";

  @TempDir static Path folder;
  private static TestCertificate own;
  private static TestCertificate stranger;

  @BeforeAll
  static void make() throws Exception {
    own = TestCertificate.make(folder, "own", TestCertificate.HERE);
    stranger = TestCertificate.make(folder, "stranger", TestCertificate.HERE);
  }

  @Test
  void itsOwnAuthorityBelievesIt() {
    assertThatCode(tls(own.authority(), own.identity())::requireAmongEquals)
        .doesNotThrowAnyException();
  }

  @Test
  void theJdksAuthoritiesNeedNoFile() {
    assertThat(new PeerTls("kafka", Optional.empty(), Optional.empty()).context()).isNotNull();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsFoundAtHome() {
    assertThatThrownBy(tls(own.authority(), stranger.identity())::requireAmongEquals)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-certificate: with " + stranger.authority())
        .hasMessageContaining(UNHEARD)
        .hasMessageContaining("cluster.tls-trust " + own.authority());
  }

  @Test
  void aKeyOfAnotherCertificateIsFoundAtHome() {
    TlsIdentity mixed = new TlsIdentity(own.authority(), stranger.identity().key());
    assertThatThrownBy(tls(own.authority(), mixed)::requireAmongEquals)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-certificate");
  }

  @Test
  void filesThatAreNotThereOrHoldSomethingElse() throws Exception {
    Path nowhere = folder.resolve("nowhere.pem");
    assertThatThrownBy(tls(nowhere, own.identity())::context)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-trust: " + nowhere + " cannot be used")
        .hasMessageContaining("NoSuchFile");
    assertThatThrownBy(tls(own.authority(), new TlsIdentity(own.authority(), nowhere))::context)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-key: " + nowhere + " cannot be used");
    Path empty = Files.writeString(folder.resolve("empty.pem"), "");
    assertThatThrownBy(tls(empty, own.identity())::context)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-trust");
    TlsIdentity noKey = new TlsIdentity(own.authority(), own.authority());
    assertThatThrownBy(tls(own.authority(), noKey)::context)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("cluster.tls-key " + own.authority());
  }

  private static PeerTls tls(Path trust, TlsIdentity identity) {
    return new PeerTls("cluster", Optional.of(trust), Optional.of(identity));
  }
}

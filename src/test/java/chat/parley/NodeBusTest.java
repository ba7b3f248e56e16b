package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.registry.ClusterSettings;
import chat.parley.tls.PeerTls;
import chat.parley.tls.TlsIdentity;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node makes its event bus of; that nobody else gets through, {@code BusTlsIT} shows. */
class NodeBusTest {
  private static final Path AUTHORITY = Path.of("authority.pem");
  private static final TlsIdentity OWN = new TlsIdentity(Path.of("node.pem"), Path.of("node.key"));

  @Test
  void withTlsBothSidesOfTheBusHaveToShowWhoTheyAre() {
    EventBusOptions bus =
        Node.bus(
            settings(
                ClusterSettings.PublicAddress.SAME,
                Optional.of(new PeerTls("cluster", Optional.of(AUTHORITY), Optional.of(OWN)))));

    assertThat(bus.isSsl()).isTrue();
    assertThat(bus.isTrustAll()).isFalse();
    assertThat(bus.getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
    assertThat(bus.getTrustOptions()).as("whom it believes").isNotNull();
    assertThat(bus.getKeyCertOptions()).as("what it shows").isNotNull();
  }

  @Test
  void theOthersAreToldWhereItIsReached() {
    EventBusOptions bus =
        Node.bus(
            settings(new ClusterSettings.PublicAddress("reached.example", 0, 9), Optional.empty()));

    assertThat(bus.isSsl()).isFalse();
    assertThat(bus.getHost()).isEqualTo("127.0.0.1");
    assertThat(bus.getPort()).isEqualTo(7);
    assertThat(bus.getClusterPublicHost()).isEqualTo("reached.example");
    assertThat(bus.getClusterPublicPort()).isEqualTo(9);
  }

  private static ClusterSettings settings(
      ClusterSettings.PublicAddress reached, Optional<PeerTls> tls) {
    return new ClusterSettings(
        "c", "n1", "127.0.0.1", 5, 1, List.of("127.0.0.1:5"), 7, reached, tls, 6, 5, 60);
  }
}

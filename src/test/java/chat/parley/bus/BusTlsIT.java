package chat.parley.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import chat.parley.registry.ClusterSettings;
import chat.parley.registry.HazelcastStart;
import chat.parley.testing.Await;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.TestCertificate;
import chat.parley.tls.PeerTls;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in one JVM whose bus speaks TLS, and those who would like to listen. */
class BusTlsIT {
  @TempDir static Path folder;
  private static TestCertificate nodes;
  private static TestCertificate stranger;

  private final String clusterName = "test-" + UUID.randomUUID();
  private final List<Vertx> started = new ArrayList<>();
  private final List<HazelcastInstance> grids = new ArrayList<>();
  private int gridPort;
  private int busPort;

  @BeforeAll
  static void make() throws Exception {
    nodes = TestCertificate.make(folder, "nodes", TestCertificate.HERE);
    stranger = TestCertificate.make(folder, "stranger", TestCertificate.HERE);
  }

  @BeforeEach
  void choose() {
    gridPort = ParleyServer.freePort();
    busPort = ParleyServer.freePort();
  }

  @AfterEach
  void end() {
    started.forEach(vertx -> Await.join(vertx.close()));
    grids.forEach(grid -> grid.getLifecycleService().terminate());
  }

  @Test
  void nodesOfOneAuthorityHearEachOtherAndNobodyElseIsListenedTo() throws Exception {
    Vertx first = join(guarded(nodes), busPort);
    Vertx second = join(guarded(nodes), 0);
    answerAt(first, "first");

    assertThat(asked(second, "first")).isEqualTo("heard");
    assertThat(isRefused(nodes.believing())).as("who shows no certificate").isTrue();
    assertThat(isRefused(nodes.believing(stranger))).as("who shows another one").isTrue();
    try (Socket open = new Socket("127.0.0.1", busPort)) {
      open.setSoTimeout((int) Await.PATIENCE_SECONDS * 1_000);
      open.getOutputStream().write("ping\r\n".getBytes(StandardCharsets.US_ASCII));
      String said = new String(open.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(said).doesNotContain("heard");
    }
  }

  /** The stranger would speak and listen: that the node does neither is all that is left. */
  @Test
  void aStrangerIsNeitherSpokenToNorListenedTo() throws Exception {
    Vertx node = join(guarded(nodes), busPort);
    Vertx other = join(guarded(both(), stranger), 0);
    AtomicInteger atTheNode = answerAt(node, "node");
    AtomicInteger atTheStranger = answerAt(other, "stranger");

    assertThatThrownBy(() -> asked(node, "stranger")).hasMessageContaining("Timed out");
    assertThatThrownBy(() -> asked(other, "node")).hasMessageContaining("Timed out");
    // An answer has a line of its own, and that may be what is refused: so who was asked counts.
    assertThat(atTheStranger).as("what the stranger was told").hasValue(0);
    assertThat(atTheNode).as("what the node heard of the stranger").hasValue(0);
  }

  @Test
  void whileAnAuthorityIsReplacedBothAreBelieved() throws Exception {
    Vertx first = join(guarded(both(), nodes), busPort);
    Vertx second = join(guarded(both(), stranger), 0);
    answerAt(first, "first");

    assertThat(asked(second, "first")).isEqualTo("heard");
  }

  @Test
  void aNodeWithoutTlsDoesNotJoinThoseWithIt() throws Exception {
    join(guarded(nodes), busPort);

    assertThatThrownBy(() -> join(Optional.empty(), 0))
        .hasMessageContaining("speaks to the others with TLS")
        .hasMessageContaining("cluster.tls-trust");
    await().until(() -> grids.get(0).getCluster().getMembers().size() == 1);
  }

  private static Path both() throws IOException {
    return TestCertificate.authorities(folder.resolve("both.pem"), nodes, stranger);
  }

  private static Optional<PeerTls> guarded(TestCertificate by) {
    return guarded(by.authority(), by);
  }

  private static Optional<PeerTls> guarded(Path trust, TestCertificate by) {
    return Optional.of(new PeerTls("cluster", Optional.of(trust), Optional.of(by.identity())));
  }

  private Vertx join(Optional<PeerTls> tls, int bus) {
    boolean isFirst = grids.isEmpty();
    ClusterSettings settings =
        new ClusterSettings(
            clusterName,
            "node" + grids.size(),
            "127.0.0.1",
            isFirst ? gridPort : 0,
            1,
            List.of("127.0.0.1:" + gridPort),
            bus,
            ClusterSettings.PublicAddress.SAME,
            tls,
            8,
            30,
            120);
    HazelcastInstance grid =
        Await.join(HazelcastStart.start(settings, List.of("gateway"), config -> {}));
    grids.add(grid);
    EventBusOptions options = new EventBusOptions().setHost("127.0.0.1").setPort(bus);
    tls.ifPresent(some -> BusTls.guard(options, some));
    Vertx vertx =
        Await.join(
            Vertx.builder()
                .with(new VertxOptions().setEventBusOptions(options))
                .withClusterManager(new HazelcastClusterManager(grid))
                .buildClustered());
    started.add(vertx);
    return vertx;
  }

  /** Counts who asks there. */
  private static AtomicInteger answerAt(Vertx vertx, String address) {
    AtomicInteger asked = new AtomicInteger();
    Await.join(
        vertx
            .eventBus()
            .<String>consumer(address)
            .handler(
                message -> {
                  asked.incrementAndGet();
                  message.reply("heard");
                })
            .completion());
    return asked;
  }

  private static String asked(Vertx vertx, String address) {
    return Await.join(
        vertx
            .eventBus()
            .<String>request(address, "?", new DeliveryOptions().setSendTimeout(10_000))
            .map(answer -> answer.body()));
  }

  /**
   * Whether the bus ends what begins so. In TLS 1.3 a client is through before the server has
   * looked at who it is, and reads of a refusal afterwards; a bus that goes on says nothing by
   * itself, and the wait for it is what fails.
   */
  private boolean isRefused(SSLContext as) throws IOException {
    try (SSLSocket socket = (SSLSocket) as.getSocketFactory().createSocket("127.0.0.1", busPort)) {
      socket.setSoTimeout((int) Await.PATIENCE_SECONDS * 1_000);
      try {
        socket.startHandshake();
        return socket.getInputStream().read() < 0;
      } catch (SSLException | SocketException refused) {
        return true;
      }
    }
  }
}

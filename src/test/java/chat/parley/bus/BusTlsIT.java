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
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes in one JVM whose bus speaks TLS, and those who would like to listen. */
class BusTlsIT {
  private static final int SILENCE_MS = 2_000;

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
    nodes = TestCertificate.make(folder, "nodes", 90);
    stranger = TestCertificate.make(folder, "stranger", 90);
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
    answerAt(first);

    assertThat(asked(second)).isEqualTo("heard");
    assertThat(isKept(nodes.believing(nodes))).as("who has the nodes' certificate").isTrue();
    assertThat(isKept(nodes.believing())).as("who shows no certificate").isFalse();
    assertThat(isKept(nodes.believing(stranger))).as("who shows another one").isFalse();
    try (Socket open = new Socket("127.0.0.1", busPort)) {
      open.setSoTimeout((int) Await.PATIENCE_SECONDS * 1_000);
      open.getOutputStream().write("ping\r\n".getBytes(StandardCharsets.US_ASCII));
      String said = new String(open.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(said).doesNotContain("heard");
    }
  }

  @Test
  void aNodeWhoseBusIsAStrangersIsNotSpokenTo() throws Exception {
    // It passes its own look, since it believes itself, and is a member of the grid.
    Vertx first = join(guarded(nodes), busPort);
    Vertx second = join(guarded(stranger), 0);
    answerAt(second);

    assertThatThrownBy(() -> asked(first)).hasMessageContaining("TIMEOUT");
  }

  @Test
  void whileAnAuthorityIsReplacedBothAreBelieved() throws Exception {
    String both = Files.readString(nodes.authority()) + Files.readString(stranger.authority());
    Path file = Files.writeString(folder.resolve("both.pem"), both);
    Vertx first = join(guarded(file, nodes), busPort);
    Vertx second = join(guarded(file, stranger), 0);
    answerAt(first);

    assertThat(asked(second)).isEqualTo("heard");
  }

  @Test
  void aNodeWithoutTlsDoesNotJoinThoseWithIt() throws Exception {
    join(guarded(nodes), busPort);

    assertThatThrownBy(() -> join(Optional.empty(), 0))
        .hasMessageContaining("speaks to the others with TLS")
        .hasMessageContaining("cluster.tls-trust");
    await().until(() -> grids.get(0).getCluster().getMembers().size() == 1);
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

  private static void answerAt(Vertx vertx) {
    Await.join(
        vertx
            .eventBus()
            .<String>consumer("test")
            .handler(message -> message.reply("heard"))
            .completion());
  }

  private static String asked(Vertx vertx) {
    return Await.join(
        vertx
            .eventBus()
            .<String>request("test", "?", new DeliveryOptions().setSendTimeout(10_000))
            .map(answer -> answer.body()));
  }

  /**
   * Whether the bus goes on with whoever comes so; of TLS 1.3 a refusal is only read afterwards.
   */
  private boolean isKept(SSLContext as) throws IOException {
    try (SSLSocket socket = (SSLSocket) as.getSocketFactory().createSocket("127.0.0.1", busPort)) {
      socket.setSoTimeout(SILENCE_MS);
      socket.startHandshake();
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException silent) {
      return true; // it waits for a message of ours
    } catch (IOException refused) {
      return false;
    }
  }
}

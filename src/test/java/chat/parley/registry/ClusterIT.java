package chat.parley.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.DeliveryMessages.Taken;
import chat.parley.bus.codec.BusCodecs;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.testing.Await;
import chat.parley.testing.ParleyServer;
import com.hazelcast.cluster.impl.MemberImpl;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.ConnectException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two and three real members in one JVM, on loopback. */
class ClusterIT {
  private static final UserId ANNA = new UserId("anna");
  private static final UserId BEN = new UserId("ben");
  private static final DeviceId PHONE = new DeviceId("phone");

  /** Long enough for a step after the other, short enough to wait for the end. */
  private static final PresenceSettings QUICK = new PresenceSettings(1_000, 5_000, 0, 10, 100, 10);

  /** What ends while a test waits does not end because nobody has said it again. */
  private static final PresenceSettings PATIENT =
      new PresenceSettings(30_000, 300_000, 0, 10, 100, 10);

  /** How soon something is seen is printed where it matters; a slow machine fails nothing. */
  private static final Duration PATIENCE = Duration.ofSeconds(Await.PATIENCE_SECONDS);

  private final List<Node> nodes = new ArrayList<>();
  private final String clusterName = "test-" + UUID.randomUUID();
  private PresenceSettings presence = PATIENT;
  private Vertx vertx;
  private List<Integer> ports;

  @BeforeEach
  void begin() throws Exception {
    vertx = Vertx.vertx();
    ports = List.of(ParleyServer.freePort(), ParleyServer.freePort(), ParleyServer.freePort());
  }

  @AfterEach
  void end() throws Exception {
    nodes.forEach(node -> node.hazelcast().getLifecycleService().terminate());
    got(vertx.close());
  }

  @Test
  void aDeviceRegisteredOnOneNodeIsFoundOnTheOther() throws Exception {
    Node one = join("gateway");
    Node two = join("fanout");

    got(one.devices().register(ANNA, PHONE, "s1"));
    got(two.devices().register(ANNA, new DeviceId("laptop"), DeviceRegistry.CALL + "s2"));
    got(one.devices().register(BEN, PHONE, "s3"));
    assertThat(got(two.devices().socketsOf(List.of(ANNA))))
        .isEqualTo(Map.of(ANNA, Set.of(one.id())));

    assertThat(got(two.devices().gatewaysOf(List.of(ANNA, BEN, new UserId("carl")))))
        .isEqualTo(Map.of(ANNA, Set.of(one.id(), two.id()), BEN, Set.of(one.id())));
    assertThat(two.cluster().nodesWith("gateway")).containsExactly(one.id());

    got(one.devices().unregister(ANNA, PHONE, "s1"));
    assertThat(got(two.devices().gatewaysOf(List.of(ANNA))))
        .isEqualTo(Map.of(ANNA, Set.of(two.id())));
    got(two.devices().unregister(ANNA, new DeviceId("laptop"), DeviceRegistry.CALL + "s2"));
    assertThat(got(two.devices().gatewaysOf(List.of(ANNA)))).isEmpty();
  }

  /** As containers have them: each has an address of its own, and knows the others by name. */
  @Test
  void membersMayBeNamedByNamesThatAreOtherMachines() throws Exception {
    String first = "localhost:" + ports.get(0);

    Node one = join("gateway", "127.0.0.1", List.of(first));
    Node two = join("gateway", "127.0.0.2", List.of(first, "127.0.0.2:" + ports.get(1)));

    assertThat(two.cluster().nodesWith("gateway")).containsExactlyInAnyOrder(one.id(), two.id());
    assertThat(two.hazelcast().getCluster().getLocalMember().getAddress().getHost())
        .isEqualTo("127.0.0.2");
    assertThatThrownBy(() -> new Socket("127.0.0.1", ports.get(1)).close())
        .as("it listens nowhere else")
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void anotherSessionOfTheSameDeviceKeepsItsNode() throws Exception {
    Node one = join("gateway");
    got(one.devices().register(ANNA, PHONE, "s1"));
    got(one.devices().register(ANNA, PHONE, "s2"));
    got(one.devices().unregister(ANNA, PHONE, "s1"));

    assertThat(got(one.devices().gatewaysOf(List.of(ANNA)))).containsOnlyKeys(ANNA);
  }

  @Test
  void aRefreshBringsBackWhatTheMapHasLost() throws Exception {
    Node one = join("gateway");
    List<UserId> lost = new CopyOnWriteArrayList<>();
    one.devices().onForgotten(lost::add);
    got(one.devices().register(ANNA, PHONE, "s1"));
    got(one.devices().refresh());
    assertThat(lost).isEmpty();
    one.hazelcast().getMap(HazelcastStart.DEVICES).delete(ANNA.value());
    assertThat(got(one.devices().gatewaysOf(List.of(ANNA)))).isEmpty();

    got(one.devices().refresh());

    assertThat(got(one.devices().gatewaysOf(List.of(ANNA)))).containsOnlyKeys(ANNA);
    assertThat(lost).containsExactly(ANNA);
  }

  @Test
  void anInterestIsSeenByAllUntilItIsTakenBackOrItsGatewayDiesAndIsSaidAgainWhereItWasLost()
      throws Exception {
    ConversationId hall = new ConversationId("hall");
    ConversationId room = new ConversationId("room");
    Node one = join("gateway");
    Node two = join("gateway");
    List<ConversationId> lost = new CopyOnWriteArrayList<>();
    one.interests().onLost(lost::add);

    got(one.interests().add(hall));
    got(two.interests().add(hall));
    got(two.interests().add(room));
    assertThat(got(one.interests().interestedIn(List.of(hall, room))))
        .isEqualTo(Map.of(hall, Set.of(one.id(), two.id()), room, Set.of(two.id())));
    got(two.interests().remove(room));
    assertThat(got(one.interests().interestedIn(List.of(room)))).isEqualTo(Map.of(room, Set.of()));

    got(one.interests().refresh());
    assertThat(lost).isEmpty();
    one.hazelcast().getMap(HazelcastStart.INTERESTS).clear();
    got(one.interests().refresh());
    assertThat(lost).containsExactly(hall);
    got(two.interests().refresh());
    assertThat(got(one.interests().interestedIn(List.of(hall))))
        .isEqualTo(Map.of(hall, Set.of(one.id(), two.id())));

    two.hazelcast().getLifecycleService().terminate();
    await().until(() -> !one.cluster().nodesWith("gateway").contains(two.id()));
    assertThat(got(one.interests().interestedIn(List.of(hall))))
        .isEqualTo(Map.of(hall, Set.of(one.id())));
  }

  @Test
  void whatAKilledNodeHeldIsGoneAtOnceAndSweptSoon() throws Exception {
    Node one = join("gateway");
    Node two = join("gateway");
    Node three = join("gateway");
    List<String> gone = new CopyOnWriteArrayList<>();
    one.cluster().onLeave(gone::add);
    for (int i = 0; i < 50; i++) {
      got(two.devices().register(new UserId("user" + i), PHONE, "s" + i));
    }
    got(three.devices().register(new UserId("user0"), PHONE, "other"));

    long killedAt = System.nanoTime();
    two.hazelcast().getLifecycleService().terminate();

    await().atMost(PATIENCE).until(() -> gone.contains(two.id()));
    Duration noticed = Duration.ofNanos(System.nanoTime() - killedAt);
    assertThat(got(one.devices().gatewaysOf(List.of(new UserId("user0"), new UserId("user1")))))
        .isEqualTo(Map.of(new UserId("user0"), Set.of(three.id())));
    await()
        .atMost(PATIENCE)
        .until(() -> one.hazelcast().getMap(HazelcastStart.DEVICES).size() == 1);
    System.out.printf(
        "a node that is killed is seen to be gone after %d ms, and swept after %d ms%n",
        noticed.toMillis(), Duration.ofNanos(System.nanoTime() - killedAt).toMillis());
  }

  @Test
  void bothPartsOfASplitHearThatItHasHealedAndNobodyHearsItOfADeath() throws Exception {
    Node one = join("gateway");
    Node two = join("gateway");
    Node three = join("gateway");
    AtomicInteger atOne = new AtomicInteger();
    AtomicInteger atTwo = new AtomicInteger();
    one.cluster().onReunion(atOne::incrementAndGet);
    two.cluster().onReunion(atTwo::incrementAndGet);
    three.hazelcast().getLifecycleService().terminate();
    await().atMost(PATIENCE).until(() -> one.cluster().nodesWith("gateway").size() == 2);
    assertThat(atOne).hasValue(0);

    suspectTheOther(one);
    suspectTheOther(two);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                one.cluster().nodesWith("gateway").size() == 1
                    && two.cluster().nodesWith("gateway").size() == 1);
    assertThat(List.of(atOne.get(), atTwo.get())).containsOnly(0);

    await().atMost(Duration.ofMinutes(2)).until(() -> atOne.get() > 0 && atTwo.get() > 0);
    assertThat(one.cluster().nodesWith("gateway")).containsExactlyInAnyOrder(one.id(), two.id());
    assertThat(two.cluster().nodesWith("gateway")).containsExactlyInAnyOrder(one.id(), two.id());
  }

  /** As silence makes a member do, without waiting for it. */
  private static void suspectTheOther(Node by) {
    ((HazelcastInstanceProxy) by.hazelcast())
        .getOriginal()
        .node
        .getClusterService()
        .suspectMember(
            (MemberImpl)
                by.hazelcast().getCluster().getMembers().stream()
                    .filter(member -> !member.localMember())
                    .findFirst()
                    .orElseThrow(),
            "split of a test",
            true);
  }

  @Test
  void whatANodeSaysOfAUserIsNewsForThoseWhoWatchAndEndsWhereNobodySaysItAgain() throws Exception {
    presence = QUICK;
    Node one = join("gateway");
    Node two = join("gateway");
    assertThat(got(one.presences().watch(List.of(ANNA))))
        .isEqualTo(Map.of(ANNA, PresenceState.UNKNOWN));

    assertThat(got(two.presences().say(List.of(ANNA, BEN), PresenceStatus.AWAY)))
        .containsExactlyInAnyOrder(
            new Presences.News(ANNA, Set.of(one.id()), false),
            new Presences.News(BEN, Set.of(), false));
    assertThat(got(two.presences().say(List.of(ANNA, BEN), PresenceStatus.AWAY))).isEmpty();
    got(one.presences().say(List.of(ANNA), PresenceStatus.ONLINE));
    PresenceState both = got(two.presences().look(List.of(ANNA))).get(ANNA);
    assertThat(both.status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(both.places().stream().map(PresenceState.Place::node))
        .containsExactlyInAnyOrder(one.id(), two.id());
    assertThat(got(one.presences().say(List.of(ANNA), PresenceStatus.OFFLINE)))
        .containsExactly(new Presences.News(ANNA, Set.of(one.id()), false));
    assertThat(got(two.presences().say(List.of(ANNA), PresenceStatus.OFFLINE)))
        .containsExactly(new Presences.News(ANNA, Set.of(one.id()), true));
    assertThat(got(one.presences().look(List.of(ANNA))).get(ANNA).lastSeenAt()).isPositive();

    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> got(one.presences().look(List.of(BEN))).get(BEN).places().isEmpty());
    assertThat(got(two.presences().say(List.of(ANNA), PresenceStatus.ONLINE)))
        .as("who does not say again that they watch is told no more")
        .containsExactly(new Presences.News(ANNA, Set.of(), false));
  }

  @Test
  void whomAUserLetsSeeThemIsKnownToAllAndTheirWatchersAreNamed() throws Exception {
    Node one = join("gateway");
    Node two = join("gateway");
    got(two.presences().learn(ANNA, PresenceVisibility.SHARED, 5));
    assertThat(got(two.presences().look(List.of(ANNA))))
        .as("of whom nobody watches nothing is kept")
        .isEqualTo(Map.of(ANNA, PresenceState.UNKNOWN));
    got(one.presences().watch(List.of(ANNA)));
    got(two.presences().learn(ANNA, PresenceVisibility.SHARED, 5));
    got(two.presences().learn(ANNA, PresenceVisibility.EVERYONE, 4));
    assertThat(got(one.presences().watch(List.of(ANNA))))
        .isEqualTo(Map.of(ANNA, new PresenceState(List.of(), PresenceVisibility.SHARED, 5)));
    assertThat(got(two.presences().show(ANNA, PresenceVisibility.NOBODY, 5)))
        .containsExactly(one.id());
    assertThat(got(one.presences().look(List.of(ANNA))).get(ANNA).visibleTo())
        .isEqualTo(PresenceVisibility.NOBODY);
  }

  @Test
  void whoWasAtANodeThatDiedIsNowhereAtOnceAndWasSeenAtItsLastBeat() throws Exception {
    Node one = join("gateway");
    Node two = join("gateway");
    long said = System.currentTimeMillis();
    got(two.presences().say(List.of(ANNA, BEN), PresenceStatus.ONLINE));
    got(one.presences().say(List.of(BEN), PresenceStatus.AWAY));
    long before = System.currentTimeMillis();
    two.hazelcast().getLifecycleService().terminate();
    await().atMost(PATIENCE).until(() -> !one.cluster().nodesWith("gateway").contains(two.id()));

    Map<UserId, PresenceState> states = got(one.presences().look(List.of(ANNA, BEN)));
    assertThat(states.get(ANNA).status()).isEqualTo(PresenceStatus.OFFLINE);
    assertThat(states.get(BEN).status()).isEqualTo(PresenceStatus.AWAY);
    Map<UserId, Long> gone = got(one.presences().sweep(List.of(two.id())));
    assertThat(gone).containsOnlyKeys(ANNA);
    assertThat(gone.get(ANNA)).isBetween(said - 5_000, before);
    assertThat(got(one.presences().sweep(List.of(two.id())))).isEmpty();
  }

  @Test
  void aGatewayIsOpenFromItsWordOnUntilItClosesOrDies() throws Exception {
    Node one = join("fanout");
    Node two = join("gateway");
    Node three = join("gateway");
    assertThat(got(one.devices().isGatewayOpen(two.id()))).isFalse();

    got(two.devices().openGateway());
    got(three.devices().openGateway());
    assertThat(got(one.devices().isGatewayOpen(two.id()))).isTrue();

    // The others take out whom they think gone; who is back says so again.
    one.hazelcast().getMap(HazelcastStart.GATEWAYS).clear();
    got(two.devices().refresh());
    await().until(() -> got(one.devices().isGatewayOpen(two.id())));

    got(three.devices().closeGateway());
    got(three.devices().refresh());
    assertThat(got(one.devices().isGatewayOpen(three.id()))).isFalse();
    assertThat(got(one.devices().isGatewayOpen(two.id()))).isTrue();

    two.hazelcast().getLifecycleService().terminate();
    await().atMost(PATIENCE).until(() -> !got(one.devices().isGatewayOpen(two.id())));
  }

  /** Anybody may watch users that do not exist. */
  @Test
  void ofWhomOnlyWatchersAreKnownNothingIsKeptForLong() throws Exception {
    Node one = join("gateway");
    got(one.presences().watch(List.of(BEN)));

    assertThat(one.hazelcast().getMap(HazelcastStart.PRESENCE).getEntryView(BEN.value()).getTtl())
        .isLessThan(Duration.ofHours(1).toMillis());
  }

  @Test
  void theHighestEpochSaysWhoOwnsAShard() throws Exception {
    Node one = join("ingest");
    Node two = join("ingest");
    two.shards().announce(7, 5);
    await().until(() -> one.shards().ownerOf(7).equals(Optional.of(two.id())));

    one.shards().announce(7, 4);
    assertThat(one.shards().ownerOf(7)).contains(two.id());
    one.hazelcast().getReplicatedMap(HazelcastStart.SHARDS).put(7, new ShardOwner(one.id(), 4));
    Node three = join("ingest");
    await().until(() -> three.shards().ownerOf(7).equals(Optional.of(two.id())));

    two.shards().withdraw(7, 5);
    await().until(() -> one.shards().ownerOf(7).isEmpty());
    one.shards().announce(7, 6);
    await().until(() -> three.shards().ownerOf(7).equals(Optional.of(one.id())));
    one.hazelcast().getLifecycleService().terminate();
    await().until(() -> three.shards().ownerOf(7).isEmpty());
  }

  @Test
  void aBusRequestCrossesTwoNodesOfClusteredVertx() throws Exception {
    Node one = join("gateway");
    Node two = join("fanout");
    Vertx first = clustered(one);
    Vertx second = clustered(two);
    try {
      List<DeliverChanges> got = new CopyOnWriteArrayList<>();
      got(
          new Bus(first, 5_000)
              .answer(
                  Addresses.gateway(one.id()),
                  message -> {
                    got.add((DeliverChanges) message);
                    return Future.succeededFuture(new Taken(3));
                  }));
      Change change =
          new Change(
              new ConversationId("c"),
              9,
              8,
              ChangeType.MESSAGE_NEW,
              ANNA,
              null,
              5,
              1,
              new byte[] {42},
              2,
              3,
              new Mentions(List.of(BEN), true));
      Taken taken =
          got(
              new Bus(second, 5_000)
                  .request(
                      Addresses.gateway(one.id()),
                      new DeliverChanges(List.of(new Delivery(change, List.of(ANNA, BEN)))),
                      Taken.class));

      assertThat(taken.connections()).isEqualTo(3);
      assertThat(got.get(0).deliveries().get(0).users()).containsExactly(ANNA, BEN);
      Change came = got.get(0).deliveries().get(0).change();
      assertThat(came.payload()).containsExactly(42);
      assertThat(List.of(came.largeSince(), came.sentAt(), came.persistedAt()))
          .containsExactly(5L, 2L, 3L);
    } finally {
      got(first.close());
      got(second.close());
    }
  }

  private static Vertx clustered(Node node) throws Exception {
    Vertx vertx =
        got(
            Vertx.builder()
                .with(
                    new VertxOptions()
                        .setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
                .withClusterManager(new HazelcastClusterManager(node.hazelcast()))
                .buildClustered());
    BusCodecs.install(vertx.eventBus());
    return vertx;
  }

  private Node join(String role) throws Exception {
    return join(
        role, "127.0.0.1", List.of("127.0.0.1:" + ports.get(0), "127.0.0.1:" + ports.get(1)));
  }

  private Node join(String role, String host, List<String> members) throws Exception {
    ClusterSettings settings =
        new ClusterSettings(
            clusterName,
            "node" + nodes.size(),
            host,
            ports.get(nodes.size()),
            1,
            members,
            0,
            ClusterSettings.PublicAddress.SAME,
            Optional.empty(),
            8,
            30,
            120);
    HazelcastInstance hazelcast = got(HazelcastStart.start(settings, List.of(role), config -> {}));
    HazelcastClusterView cluster = new HazelcastClusterView(hazelcast);
    Node node =
        new Node(
            hazelcast,
            cluster,
            new HazelcastDeviceRegistry(vertx, hazelcast, cluster, settings),
            new HazelcastInterests(vertx, hazelcast, cluster),
            new HazelcastPresences(vertx, hazelcast, cluster, presence),
            got(HazelcastShardDirectory.open(vertx, hazelcast, cluster)));
    nodes.add(node);
    for (Node each : nodes) {
      await()
          .until(
              () ->
                  !each.hazelcast().getLifecycleService().isRunning()
                      || each.cluster().nodesWith(role).contains(cluster.self()));
    }
    return node;
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  private record Node(
      HazelcastInstance hazelcast,
      HazelcastClusterView cluster,
      HazelcastDeviceRegistry devices,
      HazelcastInterests interests,
      HazelcastPresences presences,
      HazelcastShardDirectory shards) {
    String id() {
      return cluster.self();
    }
  }
}

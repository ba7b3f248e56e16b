package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ChatClient;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import chat.parley.testing.TestCertificate;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A Cassandra and a Kafka that ask who comes, over TLS, and nodes that say so. Both stores also
 * have a way in the clear, by which the test looks at them.
 */
class EncryptedClusterIT {
  private static final String PASSWORD = "quote \" and \\ backslash";

  private static Path data;
  private static TestCertificate cassandras;
  private static TestCertificate kafkas;
  private static TestCertificate own;
  private static TestCertificate stranger;
  private static GuardedStores stores;

  @BeforeAll
  static void start() throws Exception {
    data = Files.createTempDirectory(Path.of("target"), "encrypted-").toAbsolutePath();
    // Each store is called by the one name that its certificate has.
    cassandras = TestCertificate.make(data, "cassandra", "dns:localhost");
    kafkas = TestCertificate.make(data, "kafka", "ip:127.0.0.1");
    own = TestCertificate.make(data, "own", "dns:nodes.example");
    stranger = TestCertificate.make(data, "stranger", TestCertificate.HERE);
    stores = GuardedStores.start(data, cassandra(), kafka());
    stores.addKafkasUser("parley", PASSWORD);
  }

  private static Map<String, String> cassandra() {
    return Map.of(
        "client_encryption_options",
        ("{enabled: true, optional: true, require_client_auth: true, store_type: PKCS12,"
                + " keystore: '%1$s', keystore_password: %2$s,"
                + " truststore: '%3$s', truststore_password: %2$s}")
            .formatted(cassandras.keystore(), TestCertificate.PASSWORD, own.keystore()));
  }

  private static Map<String, String> kafka() {
    Map<String, String> properties = new HashMap<>();
    properties.put(
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,DOOR0:SASL_SSL");
    String door = "listener.name.door0.";
    Map.of("keystore", kafkas, "truststore", own)
        .forEach(
            (store, holder) -> {
              properties.put(door + "ssl." + store + ".type", "PKCS12");
              properties.put(door + "ssl." + store + ".location", holder.keystore().toString());
              properties.put(door + "ssl." + store + ".password", TestCertificate.PASSWORD);
            });
    properties.put(door + "ssl.client.auth", "required");
    properties.put(door + "sasl.enabled.mechanisms", "SCRAM-SHA-512");
    properties.put(
        door + "scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
    return properties;
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      stores.close();
    }
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "cassandra.contact-points",
        "localhost:" + stores.stack().cassandraContactPoint().getPort());
    settings.put("cassandra.local-datacenter", stores.stack().localDatacenter());
    settings.put("kafka.bootstrap-servers", "127.0.0.1:" + stores.guardedKafka());
    settings.put("kafka.username", "parley");
    settings.put("kafka.password", PASSWORD);
    settings.put("cluster.tls-trust", own.authority().toString());
    settings.put("cassandra.tls-trust", cassandras.authority().toString());
    settings.put("kafka.tls-trust", kafkas.authority().toString());
    for (String area : List.of("cluster", "cassandra", "kafka")) {
      settings.put(area + ".tls-certificate", own.identity().certificate().toString());
      settings.put(area + ".tls-key", own.identity().key().toString());
    }
    return settings;
  }

  @Test
  void whatIsSaidOnOneNodeIsHeardOnTheOtherAndNothingWentInTheClear() throws Exception {
    DevClusterPlan plan = stores.plan(2, settings());
    try (DevCluster cluster = DevCluster.start(plan, System.out::println);
        Crowd atFirst = new Crowd(cluster.nodes().get(0).uri());
        Crowd atSecond = new Crowd(cluster.nodes().get(1).uri())) {
      cluster.nodes().forEach(node -> node.awaitReady(GuardedStores.PATIENCE));
      Crowd.Somebody ada = atFirst.somebody("ada");
      Crowd.Somebody bob = atSecond.somebody("bob");
      Journal bobsPhone = new Journal();
      ChatClient adas = atFirst.connect(ada.api(), Map.of(), new Journal());
      ChatClient bobs = atSecond.connect(bob.api(), Map.of(), bobsPhone);
      // Their owners are on both nodes, so that sends cross the bus in both directions.
      for (int i = 0; i < 12; i++) {
        String room =
            Await.join(ada.api().createGroup("room " + i, List.of(bob.userId()))).conversationId();
        long last = Await.join(adas.send(room, "1", "hello " + i)).changeSeq();
        Await.join(bobs.reached(room, last));
      }
      assertThat(bobsPhone.texts()).contains("hello 0", "hello 11");

      List<Row> clients = cassandrasClients();
      assertThat(clients)
          .filteredOn(row -> "parley".equals(row.getString("keyspace_name")))
          .isNotEmpty()
          .allSatisfy(row -> assertThat(row.getBoolean("ssl_enabled")).isTrue());
    }
  }

  private static List<Row> cassandrasClients() {
    try (CqlSession session =
        CqlSession.builder()
            .addContactPoint(stores.stack().cassandraContactPoint())
            .withLocalDatacenter(stores.stack().localDatacenter())
            .build()) {
      return session.execute("SELECT * FROM system_views.clients").all();
    }
  }

  @Test
  void aStoreThatAStrangerHasSignedIsNotSpokenTo() throws IOException {
    assertThat(refusal(Map.of("cassandra.tls-trust", stranger.authority().toString())))
        .contains("Cassandra")
        .contains("cannot be used")
        .containsPattern("(?i)certification path|trust");
    assertThat(refusal(Map.of("kafka.tls-trust", stranger.authority().toString())))
        .contains("cannot be used: SSL handshake failed")
        .containsPattern("(?i)certification path|trust");
  }

  @Test
  void aStoreIsCalledByANameThatIsInItsCertificate() throws IOException {
    String cassandra = "127.0.0.1:" + stores.stack().cassandraContactPoint().getPort();
    assertThat(refusal(Map.of("cassandra.contact-points", cassandra)))
        .contains("Cassandra")
        .contains("cannot be used")
        .containsIgnoringCase("subject alternative");
    assertThat(refusal(Map.of("kafka.bootstrap-servers", "localhost:" + stores.guardedKafka())))
        .contains("cannot be used: SSL handshake failed")
        .containsPattern("(?i)localhost|subject alternative");
  }

  @Test
  void whoIsNotWhoTheySayIsRefusedWithAWordOfIt() throws IOException {
    assertThat(refusal(Map.of("kafka.password", "wrong")))
        .contains("Kafka 127.0.0.1:" + stores.guardedKafka() + " cannot be used")
        .containsIgnoringCase("authentication failed")
        .doesNotContain("wrong");
    assertThat(refusal(Map.of("cluster.tls-trust", stranger.authority().toString())))
        .contains("cluster.tls-certificate")
        .contains("nobody would speak to this node");
    assertThat(refusal(Map.of("cassandra.tls-key", data.resolve("nothing.key").toString())))
        .contains("cassandra.tls-key")
        .contains("nothing.key cannot be used");
  }

  private static String refusal(Map<String, String> altered) throws IOException {
    Map<String, String> settings = settings();
    settings.putAll(altered);
    return stores.refusal(settings);
  }
}

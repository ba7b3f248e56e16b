package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ChatClient;
import chat.parley.embedded.EmbeddedSettings;
import chat.parley.embedded.EmbeddedStack;
import chat.parley.embedded.Ports;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import chat.parley.testing.ServerProcess;
import chat.parley.testing.SharedStack;
import chat.parley.testing.SigningSecret;
import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Stores of an operator who lets Parley do no more than its documentation asks for. */
class LeastRightsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int FAILED = 1;
  private static final String PASSWORD = "only for this test";
  private static final String USER = "parley";

  private static Path data;
  private static EmbeddedStack stores;
  private static int guardedKafka;

  @BeforeAll
  static void start() throws Exception {
    data = Files.createTempDirectory(Path.of("target"), "rights-").toAbsolutePath();
    guardedKafka = Ports.keptIn(data.resolve("ports.properties")).chosen("kafka");
    EmbeddedSettings usual = EmbeddedSettings.in(data.resolve("stores"));
    stores =
        EmbeddedStack.start(
            usual
                .withCassandra(usual.cassandra().map(one -> one.withOverrides(cassandra())))
                .withKafka(
                    usual
                        .kafka()
                        .map(
                            one ->
                                one.withDoors(
                                        List.of(
                                            new EmbeddedSettings.Door(guardedKafka, guardedKafka)))
                                    .withOverrides(kafka()))),
            System.out::println);
    asOperator(
        session ->
            session.execute(
                "CREATE ROLE parley WITH LOGIN = true AND PASSWORD = '" + PASSWORD + "'"));
    prepareKafka();
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      stores.close();
    }
    SharedStack.wipe(data);
  }

  private static Map<String, String> cassandra() {
    return Map.of(
        "authenticator", "PasswordAuthenticator",
        "authorizer", "CassandraAuthorizer",
        "role_manager", "CassandraRoleManager");
  }

  private static Map<String, String> kafka() {
    return Map.of(
        "authorizer.class.name",
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users",
        "User:ANONYMOUS", // the brokers, and the operator of this test
        "listener.security.protocol.map",
        "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,DOOR0:SASL_PLAINTEXT",
        "listener.name.door0.sasl.enabled.mechanisms",
        "SCRAM-SHA-512",
        "listener.name.door0.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
  }

  /** Cassandra makes its first user some time after it has begun to listen. */
  private static void asOperator(Consumer<CqlSession> work) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreException(AllNodesFailedException.class)
        .until(
            () -> {
              try (CqlSession session =
                  CqlSession.builder()
                      .addContactPoint(stores.cassandraContactPoint())
                      .withLocalDatacenter(stores.localDatacenter())
                      .withAuthCredentials("cassandra", "cassandra")
                      .build()) {
                work.accept(session);
                return true;
              }
            });
  }

  private static void prepareKafka() throws Exception {
    try (Admin admin =
        Admin.create(
            Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, stores.kafkaBootstrap()))) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      USER,
                      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4_096),
                      PASSWORD)))
          .all()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      ResourcePattern topics =
          new ResourcePattern(ResourceType.TOPIC, "parley.", PatternType.PREFIXED);
      ResourcePattern groups =
          new ResourcePattern(ResourceType.GROUP, "parley-", PatternType.PREFIXED);
      admin
          .createAcls(
              Stream.of(
                      new AclBinding(topics, may(AclOperation.READ)),
                      new AclBinding(topics, may(AclOperation.WRITE)),
                      new AclBinding(topics, may(AclOperation.DESCRIBE)),
                      new AclBinding(groups, may(AclOperation.READ)))
                  .toList())
          .all()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static AccessControlEntry may(AclOperation operation) {
    return new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW);
  }

  private static void makeTopics() throws Exception {
    try (Admin admin =
        Admin.create(
            Map.of(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, stores.kafkaBootstrap()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("parley.changes", 8, (short) 1),
                  new NewTopic("parley.changes.large", 8, (short) 1),
                  new NewTopic("parley.dead-letters", 1, (short) 1)))
          .all()
          .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "cassandra.contact-points", "127.0.0.1:" + stores.cassandraContactPoint().getPort());
    settings.put("cassandra.local-datacenter", stores.localDatacenter());
    settings.put("cassandra.username", USER);
    settings.put("cassandra.password", PASSWORD);
    settings.put("kafka.bootstrap-servers", "127.0.0.1:" + guardedKafka);
    settings.put("kafka.username", USER);
    settings.put("kafka.password", PASSWORD);
    return settings;
  }

  /** One after the other: each right that is missing is said, and with the last one it goes. */
  @Test
  void whatIsMissingIsSaidAndWhatIsDocumentedIsEnough() throws Exception {
    assertThat(refusal())
        .contains("cannot make topic parley.changes")
        .containsIgnoringCase("authorization failed");
    makeTopics();
    assertThat(refusal()).contains("Cassandra").contains("no CREATE permission");

    asOperator(
        session -> {
          session.execute(
              "CREATE KEYSPACE IF NOT EXISTS parley WITH replication ="
                  + " {'class': 'NetworkTopologyStrategy', '"
                  + stores.localDatacenter()
                  + "': 1}");
          session.execute("GRANT ALL PERMISSIONS ON KEYSPACE parley TO parley");
        });
    DevClusterPlan plan =
        DevClusterPlan.of(data.resolve("cluster"), 1)
            .withSettings(settings())
            .withStores(
                EmbeddedSettings.in(data)
                    .withCassandra(Optional.empty())
                    .withKafka(Optional.empty()));
    try (DevCluster cluster = DevCluster.start(plan, System.out::println);
        Crowd crowd = new Crowd(cluster.nodes().get(0).uri())) {
      cluster.nodes().forEach(node -> node.awaitReady(PATIENCE));
      Crowd.Somebody ada = crowd.somebody("ada");
      Crowd.Somebody bob = crowd.somebody("bob");
      Journal heard = new Journal();
      ChatClient adas = crowd.connect(ada.api(), Map.of(), new Journal());
      ChatClient bobs = crowd.connect(bob.api(), Map.of(), heard);
      String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
      long last = Await.join(adas.send(dm, "1", "hello")).changeSeq();
      Await.join(bobs.reached(dm, last));
      assertThat(heard.texts()).containsExactly("hello");
    }
  }

  /** What the server says as it ends; never a stack trace. */
  private static String refusal() throws IOException {
    Map<String, String> settings = settings();
    Path key = Files.writeString(data.resolve("signing.key"), SigningSecret.HEX);
    settings.put("auth.signing-key-file", key.toString());
    settings.put("cluster.port", "0");
    settings.put("http.port", "0");
    List<String> arguments = new ArrayList<>(List.of("serve", "--data-dir", data + "/refused"));
    settings.forEach((name, value) -> arguments.addAll(List.of("--set", name + "=" + value)));
    ServerProcess process = ServerProcess.run(arguments, data.resolve("refused.log"));
    assertThat(process.exit((int) PATIENCE.toSeconds())).as(process.output()).isEqualTo(FAILED);
    assertThat(process.output()).doesNotContain("\tat ");
    return process.output();
  }
}

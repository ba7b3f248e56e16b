package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.ChatClient;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.CqlSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
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
  private static final String PASSWORD = "only for this test";
  private static final String USER = "parley";

  private static GuardedStores stores;

  @BeforeAll
  static void start() throws Exception {
    Path data = Files.createTempDirectory(Path.of("target"), "rights-").toAbsolutePath();
    stores = GuardedStores.start(data, cassandra(), kafka());
    asOperator(
        session ->
            session.execute(
                "CREATE ROLE IF NOT EXISTS parley WITH LOGIN = true AND PASSWORD = '"
                    + PASSWORD
                    + "'"));
    stores.addKafkasUser(USER, PASSWORD);
    addKafkasRights();
  }

  @AfterAll
  static void stop() {
    if (stores != null) {
      stores.close();
    }
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
        .atMost(GuardedStores.PATIENCE)
        .ignoreException(AllNodesFailedException.class)
        .until(
            () -> {
              try (CqlSession session =
                  CqlSession.builder()
                      .addContactPoint(stores.stack().cassandraContactPoint())
                      .withLocalDatacenter(stores.stack().localDatacenter())
                      .withAuthCredentials("cassandra", "cassandra")
                      .build()) {
                work.accept(session);
                return true;
              }
            });
  }

  private static void addKafkasRights() throws Exception {
    try (Admin admin = stores.kafka()) {
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
          .get(GuardedStores.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static AccessControlEntry may(AclOperation operation) {
    return new AccessControlEntry("User:" + USER, "*", operation, AclPermissionType.ALLOW);
  }

  private static void makeTopics() throws Exception {
    try (Admin admin = stores.kafka()) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("parley.changes", 8, (short) 1),
                  new NewTopic("parley.changes.large", 8, (short) 1),
                  new NewTopic("parley.dead-letters", 1, (short) 1)))
          .all()
          .get(GuardedStores.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put(
        "cassandra.contact-points",
        "127.0.0.1:" + stores.stack().cassandraContactPoint().getPort());
    settings.put("cassandra.local-datacenter", stores.stack().localDatacenter());
    settings.put("cassandra.username", USER);
    settings.put("cassandra.password", PASSWORD);
    settings.put("kafka.bootstrap-servers", "127.0.0.1:" + stores.guardedKafka());
    settings.put("kafka.username", USER);
    settings.put("kafka.password", PASSWORD);
    return settings;
  }

  /** One after the other: each right that is missing is said, and with the last one it goes. */
  @Test
  void whatIsMissingIsSaidAndWhatIsDocumentedIsEnough() throws Exception {
    // Both stores are asked at once, and who refuses first is heard: Cassandra is away meanwhile.
    Map<String, String> kafkaAlone = settings();
    kafkaAlone.put("cassandra.contact-points", "127.0.0.1:1");
    assertThat(stores.refusal(kafkaAlone))
        .contains("cannot make topic parley.changes")
        .containsIgnoringCase("authorization failed");
    makeTopics();
    assertThat(stores.refusal(settings())).contains("Cassandra").contains("no CREATE permission");

    asOperator(
        session -> {
          session.execute(
              "CREATE KEYSPACE IF NOT EXISTS parley WITH replication ="
                  + " {'class': 'NetworkTopologyStrategy', '"
                  + stores.stack().localDatacenter()
                  + "': 1}");
          session.execute("GRANT ALL PERMISSIONS ON KEYSPACE parley TO parley");
        });
    DevClusterPlan plan = stores.plan(1, settings());
    try (DevCluster cluster = DevCluster.start(plan, System.out::println);
        Crowd crowd = new Crowd(cluster.nodes().get(0).uri())) {
      cluster.nodes().forEach(node -> node.awaitReady(GuardedStores.PATIENCE));
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
}

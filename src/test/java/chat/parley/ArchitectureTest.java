package chat.parley;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The dependency rule: imports point down, stages meet on the bus and never import each other, and
 * a driver's types stay in the package that is there for them. Plain Jupiter tests on purpose:
 * ArchUnit's own engine once ran no rule at all and stayed green.
 */
final class ArchitectureTest {
  private static final String ROOT = "chat.parley";

  /** Packages below these belong to them: {@code bus.codec} to {@code bus}. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          // Words
          row("model"),
          row("event", "model"),
          // Means
          row("config"),
          row("telemetry", "model"), // model: a latency goes by the sort of conversation
          row("tls"),
          row(
              "bus", "model", "event",
              "tls"), // event: what a bus message carries is a change's bytes
          row("cassandra", "bus", "tls"), // bus: which failure code a fault of the driver becomes
          row("kafka", "event", "turns", "tls"), // event: the records of the stream
          row("embedded"),
          row("overload"),
          row("turns"),
          // Keepers
          row("auth", "model", "bus", "cassandra"), // bus: failure codes
          row("audit", "bus", "cassandra"), // bus: failure codes
          row("limit", "bus"), // bus: failure codes and scopes
          row("conversation", "model", "bus", "cassandra", "turns"),
          // bus: failure codes; kafka: the journal
          row("log", "model", "event", "bus", "cassandra", "telemetry", "kafka", "turns"),
          row("cursor", "model", "bus", "cassandra", "turns"),
          // bus: what it comes to, as it travels; kafka: what is remembered of the inbox's streams
          row("personal", "model", "bus", "cassandra", "kafka"),
          row(
              "registry",
              "model",
              "bus",
              "tls",
              "telemetry",
              "turns"), // bus: the router asks a shard's owner
          // kafka: letters, and what is decided about them, are records of a topic
          row("letters", "model", "event", "bus", "kafka"), // bus: failure codes
          // Stages
          row(
              "gateway",
              "model",
              "event",
              "bus",
              "tls",
              "audit",
              "auth",
              "letters",
              "limit",
              "overload",
              "turns",
              "registry",
              "telemetry"),
          // registry: shard leases are suggested there, and it says who else is alive
          row("ingest", "model", "event", "bus", "conversation", "limit", "log", "registry"),
          row("relay", "model", "event", "kafka", "log", "turns"),
          row("fanout", "model", "event", "bus", "kafka", "conversation", "registry"),
          // registry: heads of conversations are asked of their owners
          row(
              "sync",
              "model",
              "event",
              "bus",
              "conversation",
              "cursor",
              "personal",
              "log",
              "registry"),
          // log: where a stay began; registry: heads of owners, and where a user's devices are
          row(
              "inbox",
              "model",
              "event",
              "bus",
              "cassandra", // the session that a rebuild is given
              "kafka",
              "conversation",
              "cursor",
              "personal",
              "turns",
              "log",
              "registry"),
          // log: a read position is checked against the log; personal: whose receipts nobody is
          // told
          row(
              "receipts",
              "model",
              "event",
              "bus",
              "conversation",
              "cursor",
              "personal",
              "log",
              "turns"),
          // cassandra: what outlasts a user's presence; registry: where users are
          row("presence", "model", "bus", "cassandra", "conversation", "turns", "registry"),
          // Around the server: starts nodes as processes, so it knows none of their inside.
          row("devcluster", "embedded", "auth"), // auth: makes the signing key
          // Beside the stages: compares what the keepers and the stream hold
          // bus: what a read of the store fails with
          row(
              "verify",
              "model",
              "event",
              "bus",
              "cassandra",
              "kafka",
              "conversation",
              "cursor",
              "log"),
          // Outside the server: they know what any client can know, and nothing else
          row("client"),
          row("replay", "client"),
          // Does its faults to processes and stores, and reads at the end what the stores hold
          row(
              "torture",
              "client",
              "devcluster",
              "embedded",
              "verify",
              "model",
              "event",
              "bus",
              "cassandra",
              "kafka",
              "log"));

  private static final Set<String> KEEPERS =
      Set.of(
          "audit",
          "auth",
          "conversation",
          "letters",
          "limit",
          "log",
          "cursor",
          "personal",
          "registry");
  private static final Set<String> STAGES =
      Set.of("gateway", "ingest", "relay", "fanout", "sync", "inbox", "receipts", "presence");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @TestFactory
  Stream<DynamicTest> eachPackageUsesWhatItsRowAllows() {
    return MAY_USE.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.getKey() + " -> " + new TreeSet<>(row.getValue()),
                    () -> checkRow(row.getKey(), row.getValue())));
  }

  private static void checkRow(String name, Set<String> mayUse) {
    String[] allowed =
        Stream.concat(Stream.of(name), mayUse.stream())
            .map(ArchitectureTest::inside)
            .toArray(String[]::new);
    noClasses()
        .that(resideInAPackage(inside(name)))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))))
        .check(CLASSES);
  }

  @Test
  void everyPackageHasARowAndEveryRowAPackage() {
    Set<String> packages =
        CLASSES.stream()
            .map(JavaClass::getPackageName)
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1).split("\\.")[0])
            .collect(Collectors.toSet());
    assertThat(packages).containsExactlyInAnyOrderElementsOf(MAY_USE.keySet());
  }

  @Test
  void theTableLetsNoStageUseAStageAndNoKeeperAKeeper() {
    STAGES.forEach(stage -> assertThat(MAY_USE.get(stage)).doesNotContainAnyElementsOf(STAGES));
    KEEPERS.forEach(
        keeper ->
            assertThat(MAY_USE.get(keeper))
                .doesNotContainAnyElementsOf(KEEPERS)
                .doesNotContainAnyElementsOf(STAGES));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void nothingUsesTheRoot() {
    noClasses()
        .that(resideInAPackage(ROOT + ".*.."))
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT))
        .check(CLASSES);
  }

  @Test
  void cassandrasTypesStayInItsPackageAndInStoresNamedAfterIt() {
    onlyThese(
        DescribedPredicate.describe(
            "classes of cassandra, Cassandra* or ChangeRows",
            type ->
                resideInAPackage(inside("cassandra")).test(type)
                    || outermost(type).getSimpleName().startsWith("Cassandra")
                    // What three of the log's stores share: how a row is read.
                    || outermost(type).getName().equals(ROOT + ".log.ChangeRows")),
        "com.datastax..",
        "io.vertx.cassandra..");
  }

  @Test
  void kafkasTypesStayInItsPackage() {
    onlyThese(resideInAPackage(inside("kafka")), "org.apache.kafka..", "io.vertx.kafka..");
  }

  @Test
  void hazelcastsTypesStayInTheRegistryTheLimitsAndTheRoot() {
    onlyThese(
        resideInAnyPackage(inside("registry"), inside("limit"), ROOT),
        "com.hazelcast..",
        "io.vertx.spi.cluster.hazelcast..");
  }

  @Test
  void theBucketsTypesStayInTheLimits() {
    onlyThese(resideInAPackage(inside("limit")), "io.github.bucket4j..");
  }

  @Test
  void webTypesStayInTheGatewayAndTheWebClientInTheClient() {
    noClasses()
        .that(not(resideInAPackage(inside("gateway"))))
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.vertx.ext.web..")
                .and(not(resideInAPackage("io.vertx.ext.web.client.."))))
        .check(outside("client"));
    onlyThese(resideInAPackage(inside("client")), "io.vertx.ext.web.client..");
  }

  @Test
  void wordsSettingsAndTheEmbeddedStackKnowNoVertx() {
    noClasses()
        .that(
            resideInAnyPackage(
                inside("model"), inside("event"), inside("config"), inside("embedded")))
        .should()
        .dependOnClassesThat(resideInAPackage("io.vertx.."))
        .check(CLASSES);
  }

  @Test
  void theSequencerIsAStateMachineWithoutVertxDriversOrClocks() {
    Set<String> core =
        Stream.of(
                "Sequencer",
                "Tail",
                "Group",
                "Draft",
                "Appended",
                "LogRow",
                "Checkpoint",
                "SendKey",
                "BucketLimits",
                "JournalTail",
                "JournalMark")
            .map(name -> ROOT + ".log." + name)
            .collect(Collectors.toSet());
    assertThat(core).allSatisfy(name -> assertThat(CLASSES.contain(name)).isTrue());
    noClasses()
        .that(
            DescribedPredicate.describe(
                "the core of the log", type -> core.contains(outermost(type).getName())))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.vertx..", "com.datastax..", "io.micrometer..")
                .or(belongToAnyOf(Clock.class, Instant.class, System.class)))
        .check(CLASSES);
  }

  private static void onlyThese(DescribedPredicate<JavaClass> allowed, String... types) {
    noClasses()
        .that(not(allowed))
        .should()
        .dependOnClassesThat(resideInAnyPackage(types))
        .check(CLASSES);
  }

  private static JavaClasses outside(String name) {
    return CLASSES.that(not(resideInAPackage(inside(name))));
  }

  private static String inside(String name) {
    return ROOT + "." + name + "..";
  }

  private static JavaClass outermost(JavaClass type) {
    return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
  }

  private static Map.Entry<String, Set<String>> row(String name, String... mayUse) {
    return Map.entry(name, Set.of(mayUse));
  }
}

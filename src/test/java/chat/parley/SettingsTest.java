package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import chat.parley.auth.AuthSettings;
import chat.parley.auth.OidcSettings;
import chat.parley.bus.FailureException.Scope;
import chat.parley.config.SettingsException;
import chat.parley.config.SettingsSource;
import chat.parley.fanout.FanOutSettings;
import chat.parley.gateway.GatewaySettings;
import chat.parley.gateway.HttpSettings;
import chat.parley.inbox.InboxSettings;
import chat.parley.ingest.MessageSettings;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.log.LogSettings;
import chat.parley.overload.OverloadSettings;
import chat.parley.registry.ClusterSettings;
import chat.parley.registry.PresenceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SettingsTest {
  private static final Path SHIPPED = Path.of("conf", "parley.yaml");

  /**
   * A line of the shipped file that says a setting, maybe commented out; prose has no such shape.
   */
  private static final Pattern LINE =
      Pattern.compile("^( *)(# (?=[a-z0-9-]+: \\S+$))?([a-z0-9-]+):(?: (\\S.*))?$");

  /** Two values of a key that its own checks take, and its default is neither of them. */
  private static final Map<String, List<String>> VALUES_OF_WORDS =
      Map.ofEntries(
          Map.entry("data-dir", List.of("/tmp/a", "/tmp/b")),
          Map.entry("inbox.rows-up-to", List.of("100", "101")),
          Map.entry("presence.beat-ms", List.of("20000", "20001")),
          Map.entry("roles", List.of("gateway", "sync")),
          Map.entry("auth.open-registration", List.of("false", "true")),
          Map.entry("messages.managers-delete", List.of("false", "true")),
          Map.entry("messages.members-call-channel", List.of("false", "true")),
          Map.entry("auth.signing-key-file", List.of("/tmp/a", "/tmp/b")),
          Map.entry("embedded.java17-home", List.of("/tmp/a", "/tmp/b")),
          Map.entry("cassandra.contact-points", List.of("a:1", "b:2")),
          Map.entry("kafka.bootstrap-servers", List.of("a:1", "b:2")),
          Map.entry("kafka.sasl-mechanism", List.of("SCRAM-SHA-256", "PLAIN")),
          Map.entry("http.tls-certificate", List.of("/tmp/a", "/tmp/b")),
          Map.entry("http.tls-key", List.of("/tmp/a", "/tmp/b")),
          Map.entry("auth.built-in-accounts", List.of("false", "true")),
          Map.entry("auth.oidc.issuer", List.of("https://a.example", "https://b.example")),
          Map.entry("auth.oidc.jwks-url", List.of("https://a.example", "https://b.example")),
          Map.entry("auth.oidc.algorithms", List.of("PS256", "RS512")));

  private static final String CASSANDRA = "cassandra.contact-points";
  private static final String KAFKA = "kafka.bootstrap-servers";

  /** What must be said beside a key: without it, it is a fault, or means nothing. */
  private static final Map<String, List<String>> COMPANIONS =
      Map.ofEntries(
          Map.entry("http.tls-certificate", List.of("http.tls-key")),
          Map.entry("http.tls-key", List.of("http.tls-certificate")),
          Map.entry("cluster.tls-trust", List.of("cluster.tls-certificate", "cluster.tls-key")),
          Map.entry("cluster.tls-certificate", List.of("cluster.tls-trust", "cluster.tls-key")),
          Map.entry("cluster.tls-key", List.of("cluster.tls-trust", "cluster.tls-certificate")),
          Map.entry("cassandra.tls-trust", List.of(CASSANDRA)),
          Map.entry(
              "cassandra.tls-certificate",
              List.of(CASSANDRA, "cassandra.tls-trust", "cassandra.tls-key")),
          Map.entry(
              "cassandra.tls-key",
              List.of(CASSANDRA, "cassandra.tls-trust", "cassandra.tls-certificate")),
          Map.entry("kafka.tls-trust", List.of(KAFKA)),
          Map.entry("kafka.tls-certificate", List.of(KAFKA, "kafka.tls-trust", "kafka.tls-key")),
          Map.entry("kafka.tls-key", List.of(KAFKA, "kafka.tls-trust", "kafka.tls-certificate")),
          Map.entry("kafka.username", List.of(KAFKA)),
          Map.entry("kafka.password", List.of(KAFKA, "kafka.username")),
          Map.entry("kafka.sasl-mechanism", List.of(KAFKA, "kafka.username", "kafka.tls-trust")));

  @TempDir private Path folder;

  @Test
  void whereNothingIsSaidTheDefaultsHold() {
    Settings settings = read(Map.of(), Map.of());

    assertThat(settings.dataDirectory()).isEqualTo(Path.of("data"));
    assertThat(settings.roles()).containsExactlyElementsOf(Settings.ROLES);
    assertThat(settings.http()).isEqualTo(HttpSettings.defaults());
    assertThat(settings.gateway()).isEqualTo(GatewaySettings.defaults());
    assertThat(settings.auth()).isEqualTo(AuthSettings.defaults());
    assertThat(settings.cluster()).isEqualTo(ClusterSettings.defaults());
    assertThat(settings.log()).isEqualTo(LogSettings.defaults());
    assertThat(settings.messages()).isEqualTo(MessageSettings.defaults());
    assertThat(settings.rates()).isEqualTo(RateSettings.defaults());
    assertThat(settings.overload()).isEqualTo(OverloadSettings.defaults());
    assertThat(settings.fanOut()).isEqualTo(FanOutSettings.defaults());
    assertThat(settings.inbox()).isEqualTo(InboxSettings.defaults());
    assertThat(settings.presence()).isEqualTo(PresenceSettings.defaults());
    assertThat(settings.startsStores()).isTrue();
  }

  @Test
  void everyKeyIsTakenFromFileThenEnvironmentThenCommandLine() throws IOException {
    for (String key : Settings.keys().keySet()) {
      List<String> values = valuesOf(key);
      Path file = file(key + ": \"" + values.get(0) + "\"\n");
      Map<String, String> environment = Map.of(variable(key), values.get(1));
      Map<String, String> commandLine = Map.of(key, values.get(0));

      Settings first = settings(key, file, Map.of(), Map.of());
      Settings second = settings(key, null, environment, Map.of());
      assertThat(first).as("%s in a file and in the environment", key).isNotEqualTo(second);
      assertThat(settings(key, file, environment, Map.of()))
          .as("%s: the environment over the file", key)
          .isEqualTo(second);
      assertThat(settings(key, file, environment, commandLine))
          .as("%s: the command line over both", key)
          .isEqualTo(first);
    }
  }

  @Test
  void nestedKeysAndListsOfAFileAreTaken() throws IOException {
    Path file = file("http:\n  port: 9000\ncluster:\n  members: [a, 'b:5702']\nroles:\n- sync\n");

    Settings settings = Settings.read(SettingsSource.read(file, Map.of(), Map.of()));

    assertThat(settings.http().port()).isEqualTo(9000);
    assertThat(settings.cluster().members()).containsExactly("a", "b:5702");
    assertThat(settings.roles()).containsExactly("sync");
  }

  @Test
  void plainWordsOfAFileAreTakenAsTheyStand() throws IOException {
    Path file =
        file(
            """
            limits: {user: {messages: off}, arrivals: 7 + 1/h}
            cassandra: {keyspace: no, username: 012345, password: 1_000}
            kafka: {changes-topic: 2026-01-31, dead-letters-topic: 1e3}
            auth: {open-registration: false, admins: [on, y, 0x1f]}
            cluster:
              name: null
              node-name: ~
              host:
            """);

    Settings settings = Settings.read(SettingsSource.read(file, Map.of(), Map.of()));

    assertThat(settings.rates().rate(Scope.USER, Kind.MESSAGES)).isEmpty();
    assertThat(settings.cassandra().keyspace()).isEqualTo("no");
    assertThat(settings.cassandra().username()).isEqualTo("012345");
    assertThat(settings.cassandra().password()).isEqualTo("1_000");
    assertThat(settings.kafka().changesTopic()).isEqualTo("2026-01-31");
    assertThat(settings.kafka().deadLettersTopic()).isEqualTo("1e3");
    assertThat(settings.auth().openRegistration()).isFalse();
    assertThat(settings.auth().admins()).containsExactly("on", "y", "0x1f");
    assertThat(settings.cluster())
        .as("null is what nobody says")
        .isEqualTo(ClusterSettings.defaults());
  }

  @Test
  void everyLimitOfAFileCanBeOff() throws IOException {
    for (Limit limit : RateSettings.usual().keySet()) {
      Path file = file("limits." + limit.key() + ": off\n");

      RateSettings rates = Settings.read(SettingsSource.read(file, Map.of(), Map.of())).rates();

      assertThat(rates.rate(limit.scope(), limit.kind())).as(limit.key()).isEmpty();
      assertThat(rates.rates()).hasSize(RateSettings.usual().size() - 1);
      assertThat(rates.arrivals()).isPresent();
    }

    Path file = file("limits.arrivals: off\n");
    assertThat(Settings.read(SettingsSource.read(file, Map.of(), Map.of())).rates().arrivals())
        .isEmpty();
  }

  @Test
  void whatAFileHasInCommonMayBeMerged() throws IOException {
    Path file =
        file("limits: {user: &few {messages: 7 + 1/h}, conversation: {<<: *few, bytes: off}}\n");

    assertThat(
            Settings.read(SettingsSource.read(file, Map.of(), Map.of()))
                .rates()
                .rate(Scope.CONVERSATION, Kind.MESSAGES))
        .contains(Rate.parse("7 + 1/h"));
  }

  @Test
  void aFileThatCannotBeReadIsRefusedWithTheReason() throws IOException {
    Path beneathAFile = file("a: b").resolve("parley.yaml");

    assertThatThrownBy(() -> SettingsSource.read(beneathAFile, Map.of(), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(beneathAFile + ": cannot be read: java.nio.file.FileSystemException");
    assertThatThrownBy(() -> SettingsSource.read(folder, Map.of(), Map.of()))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(folder + ": ")
        .hasMessageContaining("Is a directory");
  }

  @Test
  void strangersAreRefusedByName() throws IOException {
    Path file = file("http:\n  prot: 9000\n");

    assertThatThrownBy(
            () ->
                Settings.read(
                    SettingsSource.read(
                        file,
                        Map.of("PARLEY_HTTP_PROT", "1", "PATH", "x"),
                        Map.of("htp.port", "1"))))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("http.prot")
        .hasMessageContaining("PARLEY_HTTP_PROT")
        .hasMessageContaining("htp.port")
        .hasMessageNotContaining("PATH");
  }

  @Test
  void everyFaultIsReportedAtOnce() {
    Map<String, String> wrong =
        Map.of(
            "http.port", "eighty",
            "gateway.sync-budget", "0",
            "presence.gone-ms", "59999",
            "limits.user.messages", "a lot",
            "limits.trusted-proxies", "10.0.0.0/33",
            "auth.open-registration", "maybe",
            "kafka.bootstrap-servers", "nowhere",
            "roles", "ingest,dancer");

    SettingsException faults =
        catchThrowableOfType(SettingsException.class, () -> read(Map.of(), wrong));

    assertThat(faults.getMessage().lines())
        .anySatisfy(line -> assertThat(line).startsWith("http.port:").contains("'eighty'"))
        .anySatisfy(line -> assertThat(line).startsWith("gateway.sync-budget:").contains("range"))
        .anySatisfy(line -> assertThat(line).startsWith("auth.open-registration:"))
        .anySatisfy(line -> assertThat(line).startsWith("presence.gone-ms:").contains("twice"))
        .anySatisfy(
            line -> assertThat(line).startsWith("limits.user.messages:").contains("60 + 5/s"))
        .anySatisfy(line -> assertThat(line).startsWith("limits.trusted-proxies:").contains("33"))
        .anySatisfy(line -> assertThat(line).startsWith("kafka.bootstrap-servers:"))
        .anySatisfy(line -> assertThat(line).startsWith("roles:").contains("'dancer'"))
        .anySatisfy(line -> assertThat(line).startsWith("roles:").contains("ingest and relay"));
  }

  @Test
  void aFileThatIsAbsentOrNoMappingIsRefusedByName() throws IOException {
    Path absent = folder.resolve("absent.yaml");
    Path list = file("- a\n- b\n");
    Path broken = file("http: [\n");

    for (Path file : List.of(absent, list, broken)) {
      assertThatThrownBy(() -> SettingsSource.read(file, Map.of(), Map.of()))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void nodesThatShareTheirStoresMustBeGivenTheSigningKey() {
    assertThatThrownBy(() -> read(Map.of(), Map.of("cassandra.contact-points", "127.0.0.1:9042")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("auth.signing-key-file");
  }

  @Test
  void anIdentityProviderIsReachedSafelyAndSignsAsymmetrically() {
    assertThatThrownBy(() -> read(Map.of(), Map.of("auth.oidc.issuer", "http://id.example")))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("auth.oidc.issuer")
        .hasMessageContaining("https");
    assertThat(read(Map.of(), Map.of("auth.oidc.issuer", "http://127.0.0.1:9/x")).auth().oidc())
        .matches(OidcSettings::isOn);
    for (String weak : List.of("none", "HS256", "rs256", "EdDSA")) {
      assertThatThrownBy(() -> read(Map.of(), Map.of("auth.oidc.algorithms", "RS256," + weak)))
          .isInstanceOf(SettingsException.class)
          .hasMessageContaining("'" + weak + "'");
    }
  }

  @Test
  void secretsAreNeverPrinted() {
    Map<String, String> secret =
        Map.of("cassandra.username", "parley", "cassandra.password", "0pen-sesame");
    Map<String, String> secretAndWrong = new HashMap<>(secret);
    secretAndWrong.put("http.port", "eighty");

    assertThat(read(Map.of(), secret).toString()).doesNotContain("0pen-sesame");
    assertThatThrownBy(() -> read(Map.of(), secretAndWrong)).hasMessageNotContaining("0pen-sesame");
  }

  @Test
  void theShippedFileIsTheDefaults() {
    Settings shipped = Settings.read(SettingsSource.read(SHIPPED, Map.of(), Map.of()));

    assertThat(shipped).isEqualTo(read(Map.of(), Map.of()));
  }

  @Test
  void theShippedFileNamesExactlyTheKeysWithTheirDefaults() throws IOException {
    Map<String, String> shipped = new TreeMap<>();
    Set<String> withoutDefault = new TreeSet<>();
    readShipped(shipped, withoutDefault);

    Map<String, String> expected = new TreeMap<>();
    Set<String> expectedWithoutDefault = new TreeSet<>();
    Settings.keys()
        .forEach(
            (key, value) -> {
              if (value.isEmpty() && !key.equals("data-dir")) {
                expectedWithoutDefault.add(key);
              } else {
                expected.put(key, value.isEmpty() ? "data" : value);
              }
            });
    assertThat(shipped).isEqualTo(expected);
    assertThat(withoutDefault).isEqualTo(expectedWithoutDefault);
  }

  /** By lines, because a YAML parser does not see what is commented out. */
  private static void readShipped(Map<String, String> values, Set<String> withoutDefault)
      throws IOException {
    Deque<String> groups = new ArrayDeque<>();
    for (String line : Files.readAllLines(SHIPPED)) {
      Matcher matcher = LINE.matcher(line);
      if (matcher.matches()) {
        int depth = matcher.group(1).length() / 2;
        while (groups.size() > depth) {
          groups.removeLast();
        }
        String key =
            groups.stream().map(group -> group + ".").collect(Collectors.joining())
                + matcher.group(3);
        if (matcher.group(2) != null) {
          withoutDefault.add(key);
        } else if (matcher.group(4) == null) {
          groups.addLast(matcher.group(3));
        } else {
          values.put(key, matcher.group(4));
        }
      }
    }
  }

  private static Settings read(Map<String, String> environment, Map<String, String> commandLine) {
    return Settings.read(SettingsSource.read(null, environment, commandLine));
  }

  /**
   * With the signing key, and the key's companions, where their absence would be a fault and they
   * are not what is tested.
   */
  private static Settings settings(
      String key, Path file, Map<String, String> environment, Map<String, String> commandLine) {
    Map<String, String> withKey = new HashMap<>(commandLine);
    if (!key.equals("auth.signing-key-file")) {
      withKey.put("auth.signing-key-file", "/tmp/key");
    }
    COMPANIONS
        .getOrDefault(key, List.of())
        .forEach(
            other ->
                withKey.put(
                    other, Set.of(CASSANDRA, KAFKA).contains(other) ? "a:1" : "/tmp/other"));
    return Settings.read(SettingsSource.read(file, environment, withKey));
  }

  @Test
  void partsOfOneIdentityAreAskedForTogether() {
    assertThat(faults(Map.of("cluster.tls-trust", "/tmp/a")))
        .contains("cluster.tls-trust, cluster.tls-certificate and cluster.tls-key belong together");
    assertThat(faults(Map.of("cassandra.tls-certificate", "/tmp/a", "cassandra.tls-key", "/tmp/b")))
        .contains("cassandra.tls-trust: says whose certificate is believed");
    assertThat(faults(Map.of("kafka.tls-trust", "/tmp/a", "kafka.tls-key", "/tmp/b")))
        .contains("kafka.tls-certificate and kafka.tls-key belong together");
    assertThat(faults(Map.of("kafka.username", "ann", "kafka.sasl-mechanism", "PLAIN")))
        .contains("PLAIN would send the password in the clear");
    assertThat(faults(Map.of("kafka.password", "secret")))
        .contains("kafka.password: is nobody's")
        .doesNotContain("secret");
    assertThat(faults(Map.of("cassandra.tls-trust", "/tmp/a", "kafka.username", "ann")))
        .contains("cassandra.tls-trust: is for a store of yours")
        .contains("kafka.username: is for a Kafka of yours");
    assertThat(faults(Map.of("kafka.sasl-mechanism", "GSSAPI")))
        .contains("kafka.sasl-mechanism: must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512");
  }

  @Test
  void theAuthoritiesOfTheJdkAreAWordAndNoFile() {
    Settings settings = read(Map.of(), Map.of(KAFKA, "a:1", "kafka.tls-trust", "system"));
    assertThat(settings.kafka().access().tls())
        .hasValueSatisfying(tls -> assertThat(tls.trust()).isEmpty());
  }

  private static String faults(Map<String, String> commandLine) {
    return catchThrowableOfType(SettingsException.class, () -> read(Map.of(), commandLine))
        .getMessage();
  }

  private static List<String> valuesOf(String key) {
    if (VALUES_OF_WORDS.containsKey(key)) {
      return VALUES_OF_WORDS.get(key);
    }
    String fallback = Settings.keys().get(key);
    if (fallback.matches("\\d+ \\+ \\d+/[smh]")) {
      return List.of("7 + 1/h", "8 + 2/m");
    }
    if (fallback.equals("[loopback]")) {
      return List.of("10.0.0.0/8", "none");
    }
    if (!fallback.matches("\\d+")) {
      return List.of("one", "two");
    }
    long number = Long.parseLong(fallback);
    return List.of(String.valueOf(number + 1), String.valueOf(number + 2));
  }

  private static String variable(String key) {
    return "PARLEY_" + key.replaceAll("[.-]", "_").toUpperCase(Locale.ROOT);
  }

  private Path file(String yaml) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "settings-", ".yaml"), yaml);
  }
}

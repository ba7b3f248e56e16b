package chat.parley;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.config.SettingsException;
import chat.parley.config.SettingsSource;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.RunningStack;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where the stores are: the options of commands that look into those of a server that may run. */
final class StoreOptions {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "settings in YAML, as for serve")
  private Path config;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      description =
          "the data folder of the running server, where its stores are embedded (data, or $PARLEY_DATA_DIR)")
  private String dataDir;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "any setting, over file and environment; may be repeated")
  private Map<String, String> set = Map.of();

  /**
   * The settings of serve, with the addresses of the stores that a server on the data folder has
   * started.
   *
   * @throws SettingsException where they cannot be used
   * @throws EmbeddedStackException where no server runs on the data folder
   */
  Settings settings() {
    Map<String, String> values = said();
    // serve wants it where Cassandra is not embedded; nobody's token is read here.
    values.put("auth.signing-key-file", "not-needed");
    return settings(values);
  }

  /** The same for commands that need the signing key too. */
  Settings settingsWithKey() {
    return settings(said());
  }

  private Settings settings(Map<String, String> values) {
    Settings settings = Settings.read(SettingsSource.read(config, System.getenv(), values));
    if (!settings.startsStores()) {
      return settings;
    }
    RunningStack running = RunningStack.on(settings.embedded());
    return settings.withStores(
        settings.embedded().cassandra().isPresent()
            ? List.of(running.cassandraContactPoint())
            : settings.cassandra().contactPoints(),
        settings.embedded().kafka().isPresent()
            ? List.of(running.kafkaBootstrap())
            : settings.kafka().bootstrapServers());
  }

  /** What a command does with the stores. */
  interface Work<T> {
    T on(CassandraSession session, Settings settings) throws InterruptedException;
  }

  /**
   * Opens the history store, which must be there with its schema, works on it, and closes it again.
   * Blocks.
   *
   * @throws IllegalStateException where it cannot be reached or is not Parley's
   */
  <T> T open(Work<T> work) throws InterruptedException {
    Settings settings = settings();
    Vertx vertx = Vertx.vertx();
    try {
      CassandraSession session =
          Blocking.await(
              CassandraConnector.connectToExisting(
                  vertx, settings.cassandra(), new SimpleMeterRegistry()));
      try {
        return work.on(session, settings);
      } finally {
        Blocking.await(session.close());
      }
    } finally {
      Blocking.await(vertx.close());
    }
  }

  private Map<String, String> said() {
    Map<String, String> values = new HashMap<>(set);
    if (dataDir != null) {
      values.put("data-dir", dataDir);
    }
    return values;
  }
}

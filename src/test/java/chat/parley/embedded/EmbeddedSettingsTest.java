package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EmbeddedSettingsTest {
  @Test
  void defaultsAreBothStoresOnFreePorts() {
    EmbeddedSettings settings = EmbeddedSettings.in(Path.of("data"));
    assertThat(settings.dataDirectory()).isAbsolute();
    assertThat(settings.cassandra()).contains(new EmbeddedSettings.Cassandra(0, 512, Map.of()));
    assertThat(settings.kafka()).contains(new EmbeddedSettings.Kafka(0, 256));
    assertThat(settings.java17Home()).isEmpty();
  }

  @Test
  void faultsNameTheirSetting() {
    assertThatThrownBy(() -> new EmbeddedSettings.Kafka(65_536, 256))
        .hasMessageContaining("embedded.kafka.port");
    assertThatThrownBy(() -> new EmbeddedSettings.Cassandra(-1, 512, Map.of()))
        .hasMessageContaining("embedded.cassandra.port");
    assertThatThrownBy(() -> new EmbeddedSettings.Cassandra(0, 64, Map.of()))
        .hasMessageContaining("embedded.cassandra.heap-mib must be at least 256");
  }

  @Test
  void memoryIsCountedForWantedStoresOnly() {
    EmbeddedSettings both = EmbeddedSettings.in(Path.of("data"));
    assertThatThrownBy(() -> MemoryCheck.require(1000, both))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("about 1318 MiB")
        .hasMessageContaining("has 1000 MiB");
    assertThatCode(() -> MemoryCheck.require(1000, both.withKafka(Optional.empty())))
        .doesNotThrowAnyException();
    assertThatCode(() -> MemoryCheck.require(2048, both)).doesNotThrowAnyException();
  }

  @Test
  void anOverrideReplacesAKeyWithAllItsLines() {
    String yaml = "a: 1\nmemtable:\n  configurations:\n    x: 1\nb: 2\n";
    assertThat(CassandraServer.withOverrides(yaml, Map.of("memtable", "{y: 2}")))
        .isEqualTo("a: 1\nb: 2\nmemtable: {y: 2}\n");
  }

  @Test
  void missingLibrariesAreReportedWithTheWayToGetThem() {
    assertThatThrownBy(() -> new StackLayout(Path.of("nowhere")).libraries("kafka"))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("./mvnw process-classes")
        .hasMessageContaining("-Dparley.stack=");
  }
}

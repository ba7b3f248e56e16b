package chat.parley.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverExecutionProfile;
import com.datastax.oss.driver.internal.core.time.ServerSideTimestampGenerator;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Of one Cassandra, as tests have it, all levels of consistency look alike; the driver's own
 * ({@code LOCAL_ONE}) would commit at one replica of three.
 */
class DriverTest {
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aWriteIsDoneWhenMostReplicasHaveIt(boolean forSchema) {
    DriverExecutionProfile profile =
        CassandraConnector.driver(CassandraSettings.at(List.of("127.0.0.1:9042")), forSchema)
            .getInitialConfig()
            .getDefaultProfile();

    assertThat(profile.getString(DefaultDriverOption.REQUEST_CONSISTENCY))
        .isEqualTo("LOCAL_QUORUM");
    assertThat(profile.getString(DefaultDriverOption.REQUEST_SERIAL_CONSISTENCY))
        .isEqualTo("LOCAL_SERIAL");
    assertThat(profile.getBoolean(DefaultDriverOption.REQUEST_DEFAULT_IDEMPOTENCE)).isTrue();
    assertThat(profile.getString(DefaultDriverOption.TIMESTAMP_GENERATOR_CLASS))
        .as("a node's clock orders no write")
        .isEqualTo(ServerSideTimestampGenerator.class.getName());
  }
}

package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.testing.AuthorizationTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing can be asked of a server about which it is not said who may: {@code AuthorizationIT} then
 * asks it all.
 */
class OperationsTest {
  private final AuthorizationTable table = new AuthorizationTable();

  @Test
  void everyCallHasARowInTheAuthorizationTable(@TempDir Path folder) {
    try (EdgeServer edge = new EdgeServer(folder)) {
      assertThat(table.calls()).containsExactlyInAnyOrderElementsOf(edge.operations());
    }
  }

  @Test
  void everyFrameHasARowInTheAuthorizationTable() {
    assertThat(table.frames()).containsExactlyInAnyOrderElementsOf(FrameCodec.TYPES);
  }
}

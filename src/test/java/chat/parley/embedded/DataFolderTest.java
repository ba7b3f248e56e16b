package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
  @TempDir Path folder;

  @Test
  void aSecondHolderIsRefusedWithTheFirstOnesProcess() {
    try (DataFolder held = DataFolder.hold(folder)) {
      assertThat(held.logs()).isDirectory();
      assertThatThrownBy(() -> DataFolder.hold(folder))
          .isInstanceOf(EmbeddedStackException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("(process " + ProcessHandle.current().pid() + ")")
          .hasMessageContaining("--data-dir");
    }
  }

  @Test
  void aFolderLetGoOfCanBeHeldAgain() {
    DataFolder.hold(folder).close();
    DataFolder.hold(folder).close();
  }

  @Test
  void aFileInTheWayIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("data"), "");
    assertThatThrownBy(() -> DataFolder.hold(file))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining(file.toString());
  }
}

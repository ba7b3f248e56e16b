package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunningStackTest {
  @TempDir private Path folder;

  @Test
  void whatCannotBeReadIsSaidWithTheReason() throws IOException {
    Files.writeString(folder.resolve("parley.lock"), "" + ProcessHandle.current().pid());
    Path spoilt = Files.createDirectories(folder.resolve("embedded/stack.properties"));

    assertThatThrownBy(() -> RunningStack.on(EmbeddedSettings.in(folder)))
        .isInstanceOf(EmbeddedStackException.class)
        .hasMessageContaining("Cannot read " + spoilt + ": java.io.IOException");
  }
}

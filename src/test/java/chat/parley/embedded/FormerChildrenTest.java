package chat.parley.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormerChildrenTest {
  @TempDir Path folder;
  private final List<String> lines = new ArrayList<>();

  @Test
  void anotherProcessUnderAnOldIdIsNeitherAwaitedNorKilled() throws InterruptedException {
    RememberedValues records = records();
    records.put("Cassandra.pid", Long.toString(ProcessHandle.current().pid()));
    records.put("Cassandra.start", "12345");
    new FormerChildren(records, lines::add).awaitGone(List.of("Cassandra", "Kafka"));
    assertThat(lines).isEmpty();
    assertThat(records().get("Cassandra.pid")).isEmpty();
  }

  @Test
  void aChildStillThereIsAwaited() throws Exception {
    Process child = new ProcessBuilder("cat").start();
    new FormerChildren(records(), lines::add).record("Kafka", child.toHandle());
    FormerChildren next = new FormerChildren(records(), line -> closeInput(child, line));
    next.awaitGone(List.of("Cassandra", "Kafka"));
    assertThat(child.isAlive()).isFalse();
    assertThat(lines)
        .containsExactly(
            "Kafka: waiting for the one of the last run to end (process " + child.pid() + ")");
  }

  private void closeInput(Process child, String line) {
    lines.add(line);
    try {
      child.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private RememberedValues records() {
    return new RememberedValues(folder.resolve("children.properties"));
  }
}

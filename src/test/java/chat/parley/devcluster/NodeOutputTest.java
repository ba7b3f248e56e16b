package chat.parley.devcluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of what a node says. */
class NodeOutputTest {
  @TempDir private Path folder;

  /** A process that has said this and ended. */
  private static final class Ended extends Process {
    private final InputStream said;

    Ended(List<String> lines) {
      said =
          new ByteArrayInputStream(
              (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public OutputStream getOutputStream() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return said;
    }

    @Override
    public InputStream getErrorStream() {
      return InputStream.nullInputStream();
    }

    @Override
    public int waitFor() {
      return 0;
    }

    @Override
    public int exitValue() {
      return 0;
    }

    @Override
    public void destroy() {
      // It has ended.
    }

    @Override
    public long pid() {
      return 4711;
    }
  }

  private NodeOutput output(List<String> lines) {
    return NodeOutput.of(new Ended(lines), folder.resolve("n1.log"), line -> {});
  }

  @Test
  void whyANodeStopsItselfIsRememberedThoughManyLinesFollow() {
    List<String> lines = new ArrayList<>();
    lines.add("Parley is ready: open http://localhost:8080");
    lines.add("Parley stops: cut off from the larger part of the cluster");
    for (int i = 0; i < 20; i++) {
      lines.add("draining " + i);
    }
    NodeOutput output = output(lines);

    assertThat(output.lastLines()).hasSize(12).startsWith("draining 8").endsWith("draining 19");
    assertThat(output.stops()).isEqualTo("cut off from the larger part of the cluster");
    assertThat(output.saidReady()).isTrue();
  }

  @Test
  void whoSaysNothingOfTheKindDoesNotStopItself() throws Exception {
    NodeOutput output = output(List.of("INFO: Parley stops: no", "Parley ends: out of memory"));

    assertThat(output.lastLines()).hasSize(2);
    assertThat(output.stops()).isEmpty();
    assertThat(Files.readAllLines(folder.resolve("n1.log"))).hasSize(2);
  }
}

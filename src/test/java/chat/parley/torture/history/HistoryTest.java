package chat.parley.torture.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {
  @TempDir private Path folder;

  @Test
  void whatWasWrittenIsReadInItsOrder() throws Exception {
    Path file = folder.resolve("run.jsonl");
    List<Event> written = new ArrayList<>();
    try (History history = History.begin(file)) {
      written.add(
          history.add(
              Event.of("ada/phone", Op.SEND, Phase.INVOKE)
                  .by("u1", "d1")
                  .in("c1")
                  .sentAs("m1")
                  .hashed(ContentHash.of("message.new", "m1", "hi\n\"there\""))));
      written.add(
          history.add(
              Event.of("ada/phone", Op.SEND, Phase.OK).in("c1").at(7, 3).noting("replayed")));
      written.add(history.add(Event.of("n2", Op.FAULT, Phase.INFO).about("u2").from("live")));
      assertThat(history.size()).isEqualTo(3);
    }

    List<Event> read = new ArrayList<>();
    History.read(file, read::add);

    assertThat(read)
        .isEqualTo(written)
        .isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
    assertThat(Files.readAllLines(file)).hasSize(3);
    assertThat(Files.readAllLines(file).get(2)).doesNotContain("changeSeq", "null");
  }

  @Test
  void aHistoryIsNeverWrittenOver() {
    Path file = folder.resolve("run.jsonl");
    History.begin(file).close();

    assertThatThrownBy(() -> History.begin(file)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void aDamagedHistoryIsNotTakenForAShortOne() throws Exception {
    Path file = folder.resolve("run.jsonl");
    Files.writeString(file, "{\"nanos\":1,\"op\":\"SEND\"}\n{\"nanos\":2,\"op\"");

    assertThatThrownBy(() -> History.read(file, event -> {}))
        .isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void otherPartsAreOtherContent() {
    assertThat(ContentHash.of("t", "ab", "c"))
        .isEqualTo(ContentHash.of("t", "ab", "c"))
        .isNotEqualTo(ContentHash.of("t", "a", "bc"))
        .isNotEqualTo(ContentHash.of("t", "ab", "c", null))
        .isNotEqualTo(ContentHash.of("t", "ab", ""));
  }
}

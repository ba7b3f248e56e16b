package chat.parley.torture.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.devcluster.NodeExit;
import chat.parley.embedded.ChildExit;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who ends by themselves is written down, and faults say what may end by them. */
class ExitsTest {
  @TempDir private Path folder;

  private static NodeExit node(String name, int code, String stops) {
    return new NodeExit(name, 4711, code, List.of("one", "two"), stops);
  }

  private List<Event> written(Path file) {
    List<Event> events = new ArrayList<>();
    History.read(file, events::add);
    return events;
  }

  @Test
  void theHistoryOfWhatIsPlayedSaysWhoEnded() {
    Path file = folder.resolve("history.jsonl");
    Exits exits = new Exits();
    try (History history = History.begin(file)) {
      exits.ended(node("n1", 1, ""));
      exits.writeTo(history);
      exits.ended(node("n2", 1, ""));
      exits.ended(node("n3", 3, "cut off"));
      exits.ended(new ChildExit("Kafka", 4712, 134, List.of()));
      exits.close();
      exits.ended(node("n1", 1, ""));
    }

    List<Event> events = written(file);
    assertThat(events).allMatch(event -> event.op() == Op.EXIT && event.phase() == Phase.INFO);
    assertThat(events).extracting(Event::process).containsExactly("n2", "n3", "Kafka");
    assertThat(events).extracting(Event::source).containsExactly(null, "cut-off", null);
    assertThat(events)
        .extracting(Event::note)
        .containsExactly(
            "ended by itself, code 1: two",
            "ended by itself, code 3: cut off",
            "ended by itself, code 134: it said nothing");
  }

  @Test
  void aFaultSaysAtItsBeginningWhatMayEndByIt() {
    Path file = folder.resolve("history.jsonl");
    try (History history = History.begin(file)) {
      Injection plain = Injection.begin(history, "n1", "kill -9");
      plain.seen("gone");
      plain.over();
      Injection.begin(history, "n1", "SIGSTOP", Injection.Ending.OF_PARTED_NODES).over();
      Injection.begin(history, "Cassandra", "no space", Injection.Ending.OF_TARGET).over();
    }

    assertThat(written(file))
        .extracting(Event::phase, Event::source)
        .containsExactly(
            tuple(Phase.INVOKE, null),
            tuple(Phase.INFO, null),
            tuple(Phase.OK, null),
            tuple(Phase.INVOKE, "parts"),
            tuple(Phase.OK, null),
            tuple(Phase.INVOKE, "ends"),
            tuple(Phase.OK, null));
  }
}

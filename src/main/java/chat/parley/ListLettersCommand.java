package chat.parley;

import chat.parley.letters.Letter;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead-letters list}: one line a letter, the oldest first. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Lists dead letters about which nobody has decided, the oldest first.")
final class ListLettersCommand implements Callable<Integer> {
  private static final String ROW = "%-21s  %-20s  %-14s  %-36s  %8s  %s%s%n";

  @Spec private CommandSpec spec;
  @Mixin private StoreOptions stores;

  @Option(names = "--settled", description = "those too that were replayed or discarded")
  private boolean settled;

  @Option(names = "--json", description = "one JSON object with all of them")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    return DeadLettersCommand.connected(
        spec,
        stores,
        desk -> {
          print(DeadLettersCommand.all(desk, settled));
          return DeadLettersCommand.DONE;
        });
  }

  private void print(List<Letter> letters) {
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      JsonArray items = new JsonArray();
      letters.forEach(letter -> items.add(letter.json()));
      out.println(new JsonObject().put("items", items).encodePrettily());
    } else if (letters.isEmpty()) {
      out.println("No dead letters.");
    } else {
      out.printf(ROW, "ID", "WHEN", "GROUP", "CONVERSATION", "CHANGE", "CAUSE", "");
      letters.forEach(letter -> print(out, letter));
    }
    out.flush();
  }

  private static void print(PrintWriter out, Letter letter) {
    out.printf(
        ROW,
        letter.id(),
        letter.at() < 0 ? "-" : Instant.ofEpochMilli(letter.at()).truncatedTo(ChronoUnit.SECONDS),
        letter.group(),
        letter.conversation().isEmpty() ? "-" : letter.conversation(),
        letter.changeSeq().isPresent() ? letter.changeSeq().getAsLong() : "-",
        letter.cause(),
        letter.decision().isEmpty() ? "" : " (" + letter.state() + ")");
  }
}

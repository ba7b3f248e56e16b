package chat.parley;

import chat.parley.letters.OpenedLetter;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead-letters show}: all that is known of a letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Shows a dead letter: where it came from, why it was put aside, its headers.",
      "What it carries is what members wrote to each other. It is shown only with --payload: think before you ask."
    })
final class ShowLetterCommand implements Callable<Integer> {
  private static final String STACK = "stack";
  private static final String HEADERS = "headers";

  @Spec private CommandSpec spec;
  @Mixin private StoreOptions stores;

  @Parameters(paramLabel = "ID", description = "as list shows it")
  private String id;

  @Option(names = "--payload", description = "the private content too")
  private boolean payload;

  @Option(names = "--json", description = "as one JSON object")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    return DeadLettersCommand.connected(
        spec,
        stores,
        desk -> {
          print(Blocking.await(desk.show(id)));
          return DeadLettersCommand.DONE;
        });
  }

  private void print(OpenedLetter letter) {
    JsonObject all = letter.json();
    if (payload) {
      all.put("payload", new String(letter.payload(), StandardCharsets.UTF_8));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(all.encodePrettily());
    } else {
      printLines(out, all);
    }
    out.flush();
  }

  private static void printLines(PrintWriter out, JsonObject all) {
    for (String name : all.fieldNames()) {
      if (!name.equals(STACK) && !name.equals(HEADERS)) {
        out.printf("%-15s %s%n", name, all.getValue(name));
      }
    }
    out.println(HEADERS);
    all.getJsonObject(HEADERS)
        .forEach(header -> out.printf("  %s: %s%n", header.getKey(), header.getValue()));
    out.println(STACK);
    all.getString(STACK).lines().forEach(line -> out.println("  " + line));
  }
}

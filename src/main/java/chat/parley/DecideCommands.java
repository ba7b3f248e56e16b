package chat.parley;

import chat.parley.bus.Failure;
import chat.parley.letters.Letter;
import chat.parley.letters.LetterDesk;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead-letters replay} and {@code discard}. */
final class DecideCommands {
  private DecideCommands() {}

  /** Puts letters back on their way. */
  @Command(
      name = "replay",
      mixinStandardHelpOptions = true,
      description = {
        "Puts dead letters back on their way, for the consumers that could not handle them and for no others.",
        "Mend the cause first: what fails again comes back as a new letter. Devices that have the change already"
            + " drop it; nothing is shown twice or out of order."
      })
  static final class Replay extends Decide {
    Replay() {
      super("Replay", LetterDesk::replay);
    }
  }

  /** Gives letters up. */
  @Command(
      name = "discard",
      mixinStandardHelpOptions = true,
      description = {
        "Gives dead letters up. What they carry stays in the history, and devices get it by their next sync."
      })
  static final class Discard extends Decide {
    Discard() {
      super("Discard", LetterDesk::discard);
    }
  }

  /** What the two have in common: which letters, whether one is sure, and what came of it. */
  private abstract static class Decide implements Callable<Integer> {
    private static final Set<String> YES = Set.of("y", "yes");

    /** The two decisions of the desk. */
    private interface Decision {
      Future<Letter> about(LetterDesk desk, String id, String actor);
    }

    /** Some or all. */
    private static final class Which {
      @Parameters(paramLabel = "ID", arity = "1..*", description = "as list shows them")
      private List<String> ids;

      @Option(names = "--all", description = "all about which nobody has decided")
      private boolean all;
    }

    private final String verb;
    private final Decision decision;

    @Spec private CommandSpec spec;
    @Mixin private StoreOptions stores;

    @ArgGroup(multiplicity = "1")
    private Which which;

    @Option(
        names = {"-y", "--yes"},
        description = "do not ask")
    private boolean yes;

    @Option(names = "--json", description = "what came of each, as one JSON object")
    private boolean json;

    Decide(String verb, Decision decision) {
      this.verb = verb;
      this.decision = decision;
    }

    @Override
    public final Integer call() throws InterruptedException {
      return CommandAudit.during(
          spec.commandLine().getErr(),
          stores,
          audit -> DeadLettersCommand.connected(spec, stores, audit, this::decide));
    }

    private int decide(LetterDesk desk) throws InterruptedException {
      List<String> ids =
          which.all
              ? DeadLettersCommand.all(desk, false).stream().map(Letter::id).toList()
              : which.ids;
      if (!ids.isEmpty() && !yes && !confirmed(ids.size())) {
        spec.commandLine().getErr().println("Nothing was changed.");
        return DeadLettersCommand.NOT_DONE;
      }
      PrintWriter out = spec.commandLine().getOut();
      JsonArray items = new JsonArray();
      boolean failed = false;
      for (String id : ids) {
        JsonObject item = decide(desk, id);
        failed |= item.containsKey("error");
        items.add(item);
        if (!json) {
          out.println(id + ": " + item.getString("error", item.getString("state")));
        }
      }
      if (json) {
        out.println(new JsonObject().put("items", items).encodePrettily());
      } else if (ids.isEmpty()) {
        out.println("No dead letters.");
      }
      out.flush();
      return failed ? DeadLettersCommand.NOT_DONE : DeadLettersCommand.DONE;
    }

    /** A letter that cannot be decided about does not hold up the others; Kafka's absence does. */
    private JsonObject decide(LetterDesk desk, String id) throws InterruptedException {
      try {
        return Blocking.await(decision.about(desk, id, "cli:" + System.getProperty("user.name")))
            .json();
      } catch (IllegalStateException refused) {
        if (DeadLettersCommand.isAbout(refused, Failure.CONFLICT)
            || DeadLettersCommand.isAbout(refused, Failure.NOT_FOUND)) {
          return new JsonObject().put("id", id).put("error", refused.getMessage());
        }
        throw refused;
      }
    }

    private boolean confirmed(int letters) {
      PrintWriter err = spec.commandLine().getErr();
      err.printf("%s %d dead letter%s? [y/N] ", verb, letters, letters == 1 ? "" : "s");
      err.flush();
      try {
        String answer =
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()))
                .readLine();
        return answer != null && YES.contains(answer.strip().toLowerCase(Locale.ROOT));
      } catch (IOException cannotAsk) {
        throw new UncheckedIOException(cannotAsk);
      }
    }
  }
}

package chat.parley.replay;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code replay} command. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description = {
      "Plays IRC logs against a running server, as users with a device each, and checks what every device saw."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every promise kept",
      "1:something was lost, doubled, out of order or contradictory, or could not be played",
      "2:usage: a file, the server's address, or a server that does not answer or let people sign up"
    })
public final class ReplayCommand implements Callable<Integer> {
  private static final int UNUSABLE = 2;

  @Spec private CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "FILE", description = "logs, played one after the other")
  private List<Path> files;

  @Option(
      names = "--server",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "the server's root (${DEFAULT-VALUE})")
  private URI server;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "60",
      description = "how many times faster than the log's own clock (${DEFAULT-VALUE})")
  private double speed;

  @Option(
      names = "--title",
      paramLabel = "T",
      description = "the conversation's title (the first file's name)")
  private String title;

  @Option(names = "--seed", paramLabel = "N", description = "of all jitter (random)")
  private Long seed;

  /** Runs the replay and gives the exit code: 0, 1 or 2 as the usage says. */
  @Override
  public Integer call() throws InterruptedException {
    if (!(speed > 0) || Double.isInfinite(speed)) {
      throw new ParameterException(spec.commandLine(), "--speed must be more than 0");
    }
    PrintWriter out = spec.commandLine().getOut();
    String name = title != null ? title : String.valueOf(files.get(0).getFileName());
    ReplaySettings settings =
        ReplaySettings.of(server, speed, name, seed != null ? seed : new Random().nextLong());
    ConsoleProgress progress = new ConsoleProgress(out, System.console() != null, System::nanoTime);
    Vertx vertx = Vertx.vertx();
    try {
      ReplayReport report =
          ReplayRun.start(vertx, files, settings, progress)
              .toCompletionStage()
              .toCompletableFuture()
              .get();
      progress.end();
      out.println(report.table());
      out.flush();
      return report.exitCode();
    } catch (ExecutionException e) {
      progress.end();
      if (e.getCause() instanceof ReplayException unusable) {
        spec.commandLine().getErr().println("replay: " + unusable.getMessage());
        return UNUSABLE;
      }
      throw new IllegalStateException("the replay broke down", e.getCause());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}

package chat.parley;

import chat.parley.devcluster.DevClusterException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.torture.check.Judge;
import chat.parley.torture.check.Judgement;
import chat.parley.torture.check.Requirements;
import chat.parley.torture.load.LoadSettings;
import chat.parley.torture.scenario.RunFolder;
import chat.parley.torture.scenario.Scenario;
import chat.parley.torture.scenario.Seeds;
import chat.parley.torture.scenario.TortureReport;
import chat.parley.torture.scenario.TortureRun;
import chat.parley.torture.scenario.TortureSettings;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The {@code torture} command: breaks a cluster under load, and checks what became of it. */
@Command(
    name = "torture",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a cluster of its own on this machine (nodes, Cassandra and Kafka as processes), lets people talk on"
          + " it over all gateways, does harm to it, and holds what every device, fresh devices at the end, the"
          + " history store and the stream saw against what Parley promises. Whatever is going on elsewhere on the"
          + " machine is left alone; the run needs some 3 GiB of memory.",
      "People write in conversations of two, in groups of ten and in a large one, with several devices each, send"
          + " again under the same clientMsgId, lose their connection, move to another gateway, are removed and"
          + " brought back, and move their read cursors. Each scenario has people, conversations and a verdict of"
          + " its own; the next one begins when the cluster is whole again, and gets a new one where it does not"
          + " become so."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:all of it was played, and nothing is wrong",
      "1:something that was promised did not hold, or a scenario broke off; histories and logs are kept",
      "2:an option cannot be used, or the cluster could not start",
      "3:nothing is wrong with what was played, but this machine cannot play all of it",
      "130:interrupted (Ctrl-C)"
    })
final class TortureCommand implements Callable<Integer> {
  private static final int CANNOT = 2;
  private static final int INTERRUPTED = 130;
  private static final double SECONDS_A_MINUTE = 60;
  private static final String ALL = "all";

  /** Small enough to be typed again. */
  private static final int SEEDS = 1_000_000_000;

  private CommandSpec spec;

  @Option(
      names = "--scenario",
      paramLabel = "NAME[,NAME...]",
      defaultValue = ALL,
      description = "which; ${DEFAULT-VALUE} plays one after the other on one cluster (--list)")
  private String scenario;

  @Option(names = "--list", description = "say what there is, what each needs, and end")
  private boolean list;

  @Option(
      names = "--seed",
      paramLabel = "N|A..B",
      converter = SeedConverter.class,
      description =
          "of everything random; one that was printed plays the same again, as far as a"
              + " machine can (any). With two, all from A to B, one after the other")
  private Seeds seed;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "1",
      description =
          "how long each scenario does harm, at least one round (${DEFAULT-VALUE}; 0.2 will do)")
  private double minutes;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "60",
      description = "messages a second (${DEFAULT-VALUE}: what two cores carry beside all else)")
  private int rate;

  @Option(
      names = "--big-group",
      paramLabel = "N",
      defaultValue = "500",
      description = "members of the large group (${DEFAULT-VALUE}); most have no device")
  private int bigGroup;

  @Option(
      names = "--longest-ack-gap",
      paramLabel = "SECONDS",
      description =
          "without an ack, instead of each scenario's own bound: for slow or busy machines")
  private Integer longestAckGap;

  @Mixin private NodeOptions nodes;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      defaultValue = "data/torture",
      description = "each run has a folder of its own in it (${DEFAULT-VALUE})")
  private Path dataDir;

  @Option(
      names = "--keep",
      description = "keep data, logs and histories also where nothing is wrong")
  private boolean keep;

  @Option(
      names = "--json",
      description = "the report as one JSON object; progress goes to standard error")
  private boolean json;

  @Option(
      names = "--check",
      paramLabel = "FILE",
      description = "judge a history that is there already, and end")
  private Path check;

  private final CountDownLatch ended = new CountDownLatch(1);

  /** The help lists every scenario. */
  @Spec
  void spec(CommandSpec given) {
    spec = given;
    List<String> footer = new ArrayList<>(List.of("", "Scenarios:"));
    footer.addAll(scenarios());
    given.usageMessage().footer(footer.toArray(String[]::new));
  }

  private static List<String> scenarios() {
    List<String> lines = new ArrayList<>();
    for (Scenario each : Scenario.values()) {
      String needs =
          each.needs().stream().map(need -> "; needs " + need.text()).collect(Collectors.joining());
      lines.add(
          String.format(Locale.ROOT, "  %-26s %s%s.", each.word(), each.meaning(), needs)
              + each.impossible().map(why -> " NOT HERE: " + why + ".").orElse(""));
    }
    return lines;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (list) {
      scenarios().forEach(out::println);
      return 0;
    }
    try {
      return check == null ? play() : judge();
    } catch (DevClusterException | EmbeddedStackException | UncheckedIOException cannot) {
      spec.commandLine().getErr().println("Cannot go on: " + cannot.getMessage());
      return CANNOT;
    }
  }

  private int judge() {
    if (!Files.isReadable(check)) {
      throw new ParameterException(spec.commandLine(), "--check: no such file: " + check);
    }
    Judgement judgement = Judge.judge(check, Requirements.least());
    spec.commandLine().getOut().println(judgement.table());
    return judgement.isSound() ? TortureReport.SOUND : TortureReport.RED;
  }

  private int play() {
    List<Scenario> wanted = wanted();
    if (seed == null) {
      seed = new Seeds(new SecureRandom().nextInt(SEEDS), 1);
    }
    Path folder = RunFolder.in(dataDir);
    TortureSettings settings = settings(folder);
    say("Seed " + seed + "; everything is in " + folder);
    Thread player = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> interruptAndWait(player), "parley-shutdown"));
    try {
      TortureReport report = TortureRun.play(settings, wanted, seed, this::say);
      print(report, folder);
      return report.exitCode();
    } catch (InterruptedException stopped) {
      say("Interrupted; the cluster is stopped" + (keep ? "" : ", and its folder removed"));
      if (!keep) {
        RunFolder.remove(folder);
      }
      return INTERRUPTED;
    } finally {
      ended.countDown();
    }
  }

  private void print(TortureReport report, Path folder) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? report.json().encodePrettily() : report.table());
    out.flush();
    if (keep || report.isRed()) {
      say("Histories and the nodes' logs are kept in " + folder);
    } else {
      RunFolder.remove(folder);
    }
  }

  private List<Scenario> wanted() {
    if (scenario.equals(ALL)) {
      return List.of(Scenario.values());
    }
    return Arrays.stream(scenario.split(","))
        .map(
            word ->
                Scenario.named(word)
                    .orElseThrow(
                        () ->
                            new ParameterException(
                                spec.commandLine(),
                                "--scenario: there is no "
                                    + word
                                    + "; there are "
                                    + Stream.of(Scenario.values())
                                        .map(Scenario::word)
                                        .collect(Collectors.joining(", ")))))
        .toList();
  }

  private TortureSettings settings(Path folder) {
    if (minutes <= 0) {
      throw new ParameterException(spec.commandLine(), "--minutes must be more than nothing");
    }
    try {
      LoadSettings load = LoadSettings.of(seed.first()).withRate(rate).withBigGroup(bigGroup);
      Duration length = Duration.ofSeconds(Math.round(minutes * SECONDS_A_MINUTE));
      TortureSettings settings = TortureSettings.of(folder, each(), load, length);
      return longestAckGap == null
          ? settings
          : settings.withLongestAckGap(Duration.ofSeconds(longestAckGap));
    } catch (IllegalArgumentException unusable) {
      throw new ParameterException(spec.commandLine(), unusable.getMessage());
    }
  }

  private List<String> each() {
    List<String> each = nodes.each();
    NodeOptions.requireEveryRole(
        each.stream()
            .map(some -> some.isEmpty() ? String.join(",", Settings.ROLES) : some)
            .toList());
    return each;
  }

  private synchronized void say(String line) {
    if (!line.startsWith("[")) { // a node's own lines are in its log
      PrintWriter to = json ? spec.commandLine().getErr() : spec.commandLine().getOut();
      to.println(line);
      to.flush();
    }
  }

  static final class SeedConverter implements ITypeConverter<Seeds> {
    @Override
    public Seeds convert(String text) {
      try {
        return Seeds.parse(text);
      } catch (IllegalArgumentException | ArithmeticException unusable) {
        throw new TypeConversionException(unusable.getMessage());
      }
    }
  }

  /** Ctrl-C: the processes of the cluster end in order, not with us. */
  private void interruptAndWait(Thread player) {
    if (ended.getCount() > 0) {
      player.interrupt();
    }
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

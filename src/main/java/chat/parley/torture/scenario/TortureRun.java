package chat.parley.torture.scenario;

import chat.parley.devcluster.DevClusterException;
import chat.parley.embedded.EmbeddedStackException;
import chat.parley.embedded.Progress;
import chat.parley.torture.check.Judge;
import chat.parley.torture.check.Judgement;
import chat.parley.torture.check.Requirements;
import chat.parley.torture.history.History;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Scenarios, played one after the other on one cluster that stays up, each with people,
 * conversations, a history, a final reading and a verdict of its own. The next one begins when the
 * cluster is whole again: every node ready, every shard owned and spread over the nodes, nothing
 * waiting in the stream. No scenario needs a cluster of its own; one that broke off, or did not
 * leave the cluster whole, leaves the next one a new cluster, so that its fault is not found twice.
 * Where one of them is to fill a disk, Cassandra's commit log lies on a small one for all of them.
 *
 * <p>What has been played is judged while the next one is played.
 */
public final class TortureRun {
  private static final int LEAST_AMENDED = 5;

  private final TortureSettings settings;
  private final Progress progress;
  private final List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
  private final List<String> remains = new ArrayList<>();
  private final ExecutorService judging = Executors.newSingleThreadExecutor(TortureRun::judge);
  private final boolean smallDisk;
  private Venue venue;
  private int venues;

  private TortureRun(TortureSettings settings, List<Scenario> scenarios, Progress progress) {
    this.settings = settings;
    this.smallDisk =
        scenarios.stream()
            .anyMatch(
                each -> each.needs().contains(Need.SMALL_DISK) && each.impossible().isEmpty());
    this.progress = progress;
  }

  /**
   * Plays these with the first seed, then with the next. Blocks.
   *
   * @param seeds instead of the load's
   * @param progress hears what happens, and the lines of nodes and stores
   * @throws DevClusterException when the first cluster does not start
   * @throws EmbeddedStackException when its stores do not
   * @throws InterruptedException when the thread was interrupted; everything is stopped then
   */
  public static TortureReport play(
      TortureSettings settings, List<Scenario> scenarios, Seeds seeds, Progress progress)
      throws InterruptedException {
    try {
      Files.createDirectories(settings.histories());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new TortureRun(settings, scenarios, progress).play(scenarios, seeds);
  }

  private static Thread judge(Runnable work) {
    Thread thread = new Thread(work, "torture-judge");
    thread.setDaemon(true);
    return thread;
  }

  private TortureReport play(List<Scenario> scenarios, Seeds seeds) throws InterruptedException {
    try {
      openVenue();
      for (long seed : seeds.each().toArray()) {
        for (Scenario each : scenarios) {
          play(each, seed);
        }
      }
      if (venue != null) {
        verify();
      }
      return new TortureReport(outcomes.stream().map(CompletableFuture::join).toList(), remains);
    } finally {
      closeVenue();
      judging.shutdownNow();
    }
  }

  private void openVenue() {
    Path folder = settings.dataDirectory();
    venue =
        Venue.open(
            ++venues == 1
                ? folder
                : folder.resolveSibling(folder.getFileName().toString() + "-" + venues),
            settings,
            smallDisk,
            progress);
  }

  /** Does nothing where there is none. */
  private void closeVenue() {
    if (venue != null) {
      venue.close();
      venue = null;
    }
  }

  /** For what belongs to no conversation, and so to no scenario. */
  private void verify() throws InterruptedException {
    progress.line("verifying all that is stored");
    try {
      remains.addAll(venue.verify());
    } catch (TortureException unread) {
      remains.add("it could not be verified: " + unread.getMessage());
    }
  }

  private void play(Scenario scenario, long seed) throws InterruptedException {
    Optional<String> impossible = scenario.impossible();
    if (impossible.isPresent()) {
      progress.line(scenario.word() + ": skipped: " + impossible.get());
      outcomes.add(
          CompletableFuture.completedFuture(Outcome.skipped(scenario, seed, impossible.get())));
      return;
    }
    long beganAt = System.nanoTime();
    Path file =
        settings
            .histories()
            .resolve("%02d-%s-%d.jsonl".formatted(outcomes.size() + 1, scenario.word(), seed));
    try (History history = History.begin(file)) {
      if (venue == null) {
        openVenue();
      }
      venue.play(scenario, seed, history);
    } catch (RuntimeException brokeOff) { // whatever it is: the others are played all the same
      if (Thread.interrupted()) {
        throw new InterruptedException(brokeOff.getMessage());
      }
      progress.line(scenario.word() + ": broke off: " + said(brokeOff));
      outcomes.add(
          CompletableFuture.completedFuture(
              Outcome.broken(scenario, seed, file, since(beganAt), said(brokeOff))));
      closeVenue();
      return;
    }
    Duration took = since(beganAt);
    outcomes.add(
        CompletableFuture.supplyAsync(() -> judged(scenario, seed, file, took), judging)
            .exceptionally(
                unreadable ->
                    Outcome.broken(
                        scenario, seed, file, took, "it cannot be judged: " + unreadable)));
  }

  /** Of what was thrown with words for people these, of anything else also what it is. */
  static String said(RuntimeException brokeOff) {
    boolean forPeople =
        brokeOff instanceof TortureException
            || brokeOff instanceof DevClusterException
            || brokeOff instanceof EmbeddedStackException;
    return forPeople ? brokeOff.getMessage() : brokeOff.toString();
  }

  private static Duration since(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos);
  }

  private Outcome judged(Scenario scenario, long seed, Path file, Duration took) {
    Judgement judgement = Judge.judge(file, requirements(scenario));
    Outcome outcome = Outcome.judged(scenario, seed, file, took, judgement);
    progress.line(outcome.line());
    if (!judgement.isSound()) {
      progress.line(judgement.table()); // the run may be interrupted before it reports
    }
    return outcome;
  }

  /** Of what is sent while nothing is broken, at least a half is acked. */
  private Requirements requirements(Scenario scenario) {
    long calmSeconds = settings.warmUp().plus(settings.calm()).toSeconds();
    return Requirements.least()
        .withLeastAcks(settings.load().rate() * calmSeconds / 2)
        .withLeastAmended(LEAST_AMENDED)
        .withLongestGaps(
            settings.longestAckGap().orElse(scenario.longestAckGap()),
            settings.longestAckGap().orElse(scenario.longestAckGapOfOne()))
        .withFaultSeen()
        .withCursors()
        .withSorts(Set.of("dm", "group"));
  }
}

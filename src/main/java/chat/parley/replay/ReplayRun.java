package chat.parley.replay;

import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ClientGroup;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Retries;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * One replay, from sign-up to verdict. A server that goes away in the middle and comes back is
 * waited for: messages and membership calls are tried again, devices reconnect and resume.
 */
public final class ReplayRun {
  private static final int CHANGES_A_PAGE = 500;
  private static final int MESSAGES_A_PAGE = 100;

  private final Vertx vertx;
  private final ReplayPlan plan;
  private final ReplaySettings settings;
  private final ReplayListener listener;
  private final ClientGroup group;
  private final Retries retries;
  private final Cast cast;
  private final DeliveryCheck check = new DeliveryCheck();
  private final Counters counters = new Counters();
  private final Timings timings;

  private List<Actor> actors = List.of();
  private Actor host;
  private String conversationId;
  private long startedAt;

  private ReplayRun(
      Vertx vertx, ReplayPlan plan, ReplaySettings settings, ReplayListener listener) {
    this.vertx = vertx;
    this.plan = plan;
    this.settings = settings;
    this.listener = listener;
    Random random = new Random(settings.seed());
    this.group =
        ClientGroup.open(vertx, settings.server(), settings.client(), random, System::nanoTime);
    this.retries = new Retries(vertx, random, settings.patience());
    // Six characters of the clock: runs a second apart differ for two years.
    String clock = Long.toString(System.currentTimeMillis() / 1000, Character.MAX_RADIX);
    String runId = clock.substring(clock.length() - 6);
    this.timings = new Timings(runId);
    this.cast =
        new Cast(
            group,
            settings,
            retries,
            listener,
            runId,
            (userId, deviceId) ->
                new DeviceRecord(userId, deviceId, check, timings, counters, listener));
  }

  /**
   * Replays log files, one after the other. Broken promises are in the report, not failures.
   *
   * @return the report; fails with {@link ReplayException} where a file cannot be read, or the
   *     server cannot be reached or does not let people sign up
   */
  public static Future<ReplayReport> start(
      Vertx vertx, List<Path> files, ReplaySettings settings, ReplayListener listener) {
    ReplayRun run;
    try {
      List<IrcLog> logs = new ArrayList<>();
      files.forEach(file -> logs.add(IrcLog.read(file)));
      run = new ReplayRun(vertx, ReplayPlan.of(logs), settings, listener);
    } catch (ReplayException e) {
      return Future.failedFuture(e);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(new ReplayException(e.getMessage()));
    }
    Promise<ReplayReport> report = Promise.promise();
    run.group.run(() -> run.run().eventually(run.group::close).onComplete(report));
    return report.future();
  }

  static ReplayException unreachable(URI server, Throwable cause) {
    return new ReplayException(
        "the server at " + server + " cannot be reached: " + cause.getMessage(), cause);
  }

  private Future<ReplayReport> run() {
    return group
        .api()
        .health()
        .recover(failure -> Future.failedFuture(unreachable(settings.server(), failure)))
        .compose(v -> setUp())
        .compose(v -> play())
        .compose(lanes -> settle(lanes))
        .compose(v -> verdict());
  }

  private Future<Void> setUp() {
    return cast.host()
        .compose(
            made -> {
              host = made;
              return cast.gather(plan.speakers());
            })
        .compose(
            gathered -> {
              actors = gathered;
              return retries.call(() -> host.api().createGroup(settings.title(), founders()));
            })
        .map(
            conversation -> {
              conversationId = conversation.conversationId();
              return null;
            });
  }

  private List<String> founders() {
    List<String> founders = new ArrayList<>();
    for (Speaker speaker : plan.speakers()) {
      if (speaker.fromTheStart()) {
        founders.add(actors.get(speaker.index()).userId());
      }
    }
    return founders;
  }

  private Future<List<Lane>> play() {
    List<Lane> lanes = new ArrayList<>();
    actors.forEach(
        actor -> lanes.add(new Lane(actor, host.api(), conversationId, retries, counters)));
    startedAt = System.nanoTime();
    Promise<List<Lane>> played = Promise.promise();
    playFrom(0, lanes, played);
    return played.future();
  }

  /** Plays what is due and sets one timer for the next event. */
  private void playFrom(int index, List<Lane> lanes, Promise<List<Lane>> played) {
    List<ReplayEvent> events = plan.events();
    double elapsedMs = (System.nanoTime() - startedAt) / 1e6;
    int next = index;
    while (next < events.size() && events.get(next).atMs() / settings.speed() <= elapsedMs) {
      ReplayEvent event = events.get(next++);
      lanes.get(event.speaker()).play(event);
    }
    listener.progress("events", next, events.size());
    if (next == events.size()) {
      played.complete(lanes);
    } else {
      int from = next;
      double waitMs = events.get(next).atMs() / settings.speed() - elapsedMs;
      vertx.setTimer(Math.max(1, (long) Math.ceil(waitMs)), timer -> playFrom(from, lanes, played));
    }
  }

  /**
   * Waits, with a bound, for the last answers, and then for every device to have what its user must
   * have.
   */
  private Future<Void> settle(List<Lane> lanes) {
    listener.progress("settling", 0, actors.size());
    return bounded(Future.join(lanes.stream().map(Lane::done).toList()))
        .compose(v -> read(host.api()))
        .compose(
            log -> {
              Membership membership = new Membership(log, fromTheStart());
              long[] settled = new long[1];
              List<Future<Void>> devices = new ArrayList<>();
              for (Actor actor : actors) {
                devices.add(
                    actor
                        .client()
                        .reached(conversationId, membership.lastOf(actor.userId()))
                        .onSuccess(
                            v -> listener.progress("settling", ++settled[0], actors.size())));
              }
              return bounded(Future.join(devices));
            });
  }

  /**
   * Past the bound the check says what is missing; a wait that ran out is no failure of its own.
   */
  private Future<Void> bounded(Future<?> wait) {
    return wait.timeout(settings.settle().toMillis(), TimeUnit.MILLISECONDS)
        .<Void>mapEmpty()
        .recover(late -> Future.succeededFuture());
  }

  private Set<String> fromTheStart() {
    Set<String> fromTheStart = new HashSet<>(founders());
    fromTheStart.add(host.userId());
    return fromTheStart;
  }

  private Future<ReplayReport> verdict() {
    long durationMs = (System.nanoTime() - startedAt) / 1_000_000;
    return cast.freshDevice(host)
        .compose(
            reader ->
                read(reader)
                    .compose(
                        log ->
                            history(reader, 0, new ArrayList<>())
                                .map(history -> check.verdict(log, history, fromTheStart()))))
        .map(found -> ReplayReport.of(conversationId, plan, counters, timings, found, durationMs))
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof ProblemException
                        ? new ReplayException(
                            "the history cannot be read: " + failure.getMessage(), failure)
                        : unreachable(settings.server(), failure)));
  }

  private Future<List<Change>> read(ParleyApi reader) {
    return pages(
        after -> retries.call(() -> reader.changes(conversationId, after, CHANGES_A_PAGE)),
        0,
        new ArrayList<>());
  }

  private Future<List<Change>> history(ParleyApi reader, long after, List<Change> before) {
    return pages(
        from -> retries.call(() -> reader.historyAfter(conversationId, from, MESSAGES_A_PAGE)),
        after,
        before);
  }

  private static Future<List<Change>> pages(
      Function<Long, Future<ChangePage>> reader, long after, List<Change> before) {
    return reader
        .apply(after)
        .compose(
            page -> {
              before.addAll(page.items());
              // A server that says "more" and gives nothing would be asked for ever.
              return page.hasMore() && !page.items().isEmpty()
                  ? pages(reader, page.items().get(page.items().size() - 1).changeSeq(), before)
                  : Future.succeededFuture(before);
            });
  }
}

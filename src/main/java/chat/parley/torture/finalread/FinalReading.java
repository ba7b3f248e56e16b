package chat.parley.torture.finalread;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import chat.parley.verify.CommittedLog;
import chat.parley.verify.Finding;
import chat.parley.verify.Verification;
import chat.parley.verify.VerifyProgress;
import chat.parley.verify.VerifyReport;
import chat.parley.verify.VerifySettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Reads, when the load has ended, all that there is to read, in this order:
 *
 * <ol>
 *   <li>fresh devices: what they ask for makes owners settle what their predecessors left behind;
 *   <li>the cursors, as members are told them;
 *   <li>store and stream, again and again until the stream has all that the store has;
 *   <li>{@code parley verify} of these conversations, for what no client can see.
 * </ol>
 */
public final class FinalReading {
  private static final String VERIFY = "verify";

  private final Vertx vertx;
  private final Cluster cluster;
  private final List<Reader> readers;
  private final Set<String> conversations = new LinkedHashSet<>();

  private FinalReading(Vertx vertx, Cluster cluster, List<Reader> readers) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.readers = List.copyOf(readers);
    readers.forEach(reader -> conversations.addAll(reader.conversations()));
  }

  /** A reading of all conversations that the readers ask for, and of nothing else. */
  public static FinalReading of(Vertx vertx, Cluster cluster, List<Reader> readers) {
    return new FinalReading(vertx, cluster, readers);
  }

  /**
   * Reads, and writes what it finds into the history.
   *
   * @param patience with nodes and stores that do not answer, or do not come to rest; for the
   *     devices and for the stores each
   * @return completes when every reading has ended or was given up. What was given up has a begin
   *     and a reason in the history, and no end: that is for the judge
   */
  public Future<Void> run(History history, Duration patience) {
    FreshDevices devices = new FreshDevices(vertx, history, cluster.gateways(), patience);
    return reading(history, "devices", () -> devices.read(readers))
        .compose(done -> reading(history, "cursors", devices::cursors))
        .eventually(devices::close)
        .compose(done -> stores(history, patience))
        .compose(done -> reading(history, VERIFY, () -> verify(history)))
        .onComplete(done -> history.flush());
  }

  private Future<Void> reading(History history, String what, Supplier<Future<Long>> work) {
    history.add(Event.of(what, Op.READING, Phase.INVOKE).noting(what));
    return work.get()
        .<Void>map(
            count -> {
              history.add(Event.of(what, Op.READING, Phase.OK).at(0, count).noting(what));
              return null;
            })
        .otherwise(
            cause -> {
              history.add(
                  Event.of("reading", Op.READING, Phase.INFO).noting(what + " given up: " + cause));
              return null;
            });
  }

  private Future<Void> stores(History history, Duration patience) {
    return CommittedLog.over(cluster.session())
        .map(log -> new StoredChanges(log, cluster.kafka(), conversations))
        .compose(changes -> aside(() -> RestingStores.of(changes, patience)))
        .compose(
            found ->
                reading(history, "store", () -> write(history, found.store()))
                    .compose(
                        done -> reading(history, "stream", () -> write(history, found.stream()))))
        .recover(away -> reading(history, "store", () -> Future.failedFuture(away)));
  }

  private static Future<Long> write(History history, RestingStores.Result result) {
    if (result.failure() != null) {
      return Future.failedFuture(result.failure());
    }
    result.found().forEach(one -> history.add(one.event()));
    return Future.succeededFuture((long) result.found().size());
  }

  private Future<Long> verify(History history) {
    return verification(cluster, conversations)
        .map(
            report -> {
              wrong(report)
                  .forEach(
                      what -> history.add(Event.of(VERIFY, Op.READING, Phase.INFO).noting(what)));
              return report.changes();
            });
  }

  /**
   * Verifies all that the stores of a cluster hold, whose ever it is.
   *
   * @return what is wrong, in words
   */
  public static Future<List<String>> verifyAll(Cluster cluster) {
    return verification(cluster, Set.of()).map(FinalReading::wrong);
  }

  private static Future<VerifyReport> verification(Cluster cluster, Set<String> conversations) {
    return Verification.over(
            cluster.session(),
            Optional.of(cluster.kafka()),
            VerifySettings.defaults().withRowsPerSecond(0),
            Clock.systemUTC())
        .compose(verification -> aside(() -> verification.run(conversations, VerifyProgress.NONE)));
  }

  private static List<String> wrong(VerifyReport report) {
    List<String> wrong = new ArrayList<>();
    for (Finding finding : report.findings()) {
      wrong.add(finding.fault().word() + ": " + finding.line());
    }
    if (!report.streamAway().isEmpty()) {
      wrong.add("the stream was not compared: " + report.streamAway());
    }
    return wrong;
  }

  /** On a thread of its own: it blocks, and waits for futures of the loops and workers. */
  private static <T> Future<T> aside(Callable<T> work) {
    Promise<T> promise = Promise.promise();
    Thread thread =
        new Thread(
            () -> {
              try {
                promise.complete(work.call());
              } catch (Exception failed) {
                promise.fail(failed);
              }
            },
            "final-reading");
    thread.setDaemon(true);
    thread.start();
    return promise.future();
  }
}

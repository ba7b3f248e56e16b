package chat.parley.torture.finalread;

import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ClientGroup;
import chat.parley.client.Credentials;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.torture.content.ChangeEvent;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Devices that know nothing yet, one for each reader. A call that fails is made at another node.
 * What several of them share is safe from their several loops.
 */
final class FreshDevices {
  private static final int AT_ONCE = 4;
  private static final long RETRY_MS = 300;

  /** So many look at a conversation's cursors: nobody is shown their own. */
  private static final int WITNESSES = 2;

  /** The two calls that page through a conversation. */
  private enum Call {
    CHANGES("changes", "devices") {
      @Override
      Future<ChangePage> page(ParleyApi api, String conversation, long after) {
        return api.changes(conversation, after, 500);
      }
    },
    HISTORY("history", "history") {
      @Override
      Future<ChangePage> page(ParleyApi api, String conversation, long after) {
        return api.historyAfter(conversation, after, 100);
      }
    };

    private final String source;
    private final String reading;

    Call(String source, String reading) {
      this.source = source;
      this.reading = reading;
    }

    abstract Future<ChangePage> page(ParleyApi api, String conversation, long after);
  }

  /** A signed-in device. */
  private record Device(Reader reader, Credentials credentials) {
    Event.Draft event(Op op, Phase phase) {
      return by(Event.of(name(), op, phase));
    }

    Event.Draft by(Event.Draft draft) {
      return draft.by(reader.userId(), credentials.session().deviceId());
    }

    String name() {
      return reader.handle() + "/fresh";
    }
  }

  private final Vertx vertx;
  private final History history;
  private final List<ClientGroup> gateways;
  private final long deadline;
  private final Queue<Device> devices = new ConcurrentLinkedQueue<>();
  private final AtomicInteger calls = new AtomicInteger();

  FreshDevices(Vertx vertx, History history, List<URI> gateways, Duration patience) {
    this.vertx = vertx;
    this.history = history;
    this.gateways = gateways.stream().map(uri -> ClientGroup.open(vertx, uri)).toList();
    this.deadline = System.nanoTime() + patience.toNanos();
  }

  /** Signs a device of each reader in and reads what it may see. Gives the number of changes. */
  Future<Long> read(List<Reader> readers) {
    return each(readers, reader -> signIn(reader).compose(this::readAll), AT_ONCE);
  }

  private Future<Device> signIn(Reader reader) {
    return call(api -> api.createSession(reader.handle(), reader.password(), "fresh", null))
        .map(
            session -> {
              Device device = new Device(reader, new Credentials(gateways.get(0).api(), session));
              devices.add(device);
              return device;
            });
  }

  private Future<Long> readAll(Device device) {
    return each(
        List.copyOf(device.reader().conversations()),
        conversation ->
            read(device, Call.CHANGES, conversation)
                .compose(count -> read(device, Call.HISTORY, conversation).map(count)),
        1);
  }

  private Future<Long> read(Device device, Call way, String conversation) {
    long askedAt = history.nanos();
    return page(device, way, conversation, 0, new ArrayList<>())
        .map(changes -> write(device, way, conversation, changes, askedAt));
  }

  private Future<List<Change>> page(
      Device device, Call way, String conversation, long after, List<Change> before) {
    return call(api -> way.page(api.as(device.credentials()), conversation, after))
        .compose(
            page -> {
              before.addAll(page.items());
              return page.hasMore() && !page.items().isEmpty()
                  ? page(device, way, conversation, last(page.items()), before)
                  : Future.succeededFuture(before);
            })
        .recover(
            failure ->
                isRefusal(failure) ? Future.succeededFuture(before) : Future.failedFuture(failure));
  }

  private static long last(List<Change> changes) {
    return changes.get(changes.size() - 1).changeSeq();
  }

  private long write(
      Device device, Call way, String conversation, List<Change> changes, long askedAt) {
    changes.forEach(
        change ->
            history.add(
                device
                    .by(ChangeEvent.of(device.name(), Op.FINAL, change))
                    .from(way.source)
                    .askedAt(askedAt)));
    history.add(
        device
            .event(Op.READING, Phase.OK)
            .in(conversation)
            .at(0, changes.size())
            .noting(way.reading));
    return changes.size();
  }

  /** Asks for the cursors of every conversation, by members. Gives the number of answers. */
  Future<Long> cursors() {
    Map<String, List<Device>> askers = new HashMap<>();
    for (Device device : devices) {
      device
          .reader()
          .conversations()
          .forEach(id -> askers.computeIfAbsent(id, any -> new ArrayList<>()).add(device));
    }
    return each(
        List.copyOf(askers.entrySet()),
        entry -> cursors(entry.getKey(), entry.getValue().iterator(), 0),
        AT_ONCE);
  }

  private Future<Long> cursors(String conversation, Iterator<Device> askers, long answered) {
    if (!askers.hasNext() || answered == WITNESSES) {
      return Future.succeededFuture(answered);
    }
    Device asker = askers.next();
    history.add(asker.event(Op.CURSOR, Phase.INVOKE).in(conversation));
    return call(api -> api.as(asker.credentials()).receipts(conversation, 1))
        .map(answer -> write(asker, conversation, answer))
        .recover(
            failure ->
                isRefusal(failure) ? Future.succeededFuture(0L) : Future.failedFuture(failure))
        .compose(got -> cursors(conversation, askers, answered + got));
  }

  private long write(Device asker, String conversation, JsonObject answer) {
    JsonArray items = answer.getJsonArray("items", new JsonArray());
    for (int i = 0; i < items.size(); i++) {
      JsonObject item = items.getJsonObject(i);
      history.add(cursor(asker, conversation, item, "readSeq"));
      history.add(cursor(asker, conversation, item, "deliveredSeq").noting("delivered"));
    }
    return 1;
  }

  private static Event.Draft cursor(
      Device asker, String conversation, JsonObject item, String which) {
    return asker
        .event(Op.CURSOR, Phase.OK)
        .in(conversation)
        .about(item.getString("userId"))
        .at(0, item.getLong(which, 0L))
        .from("answer");
  }

  /**
   * Signs the devices out, where that can be done: who is in every scenario of a long run would
   * else have as many as a user may have.
   */
  Future<Void> close() {
    return each(List.copyOf(devices), this::signOut, AT_ONCE)
        .transform(out -> Future.join(gateways.stream().map(ClientGroup::close).toList()))
        .mapEmpty();
  }

  private Future<Long> signOut(Device device) {
    return call(api -> api.as(device.credentials()).endSession()).otherwiseEmpty().map(1L);
  }

  /** The server's word that this is not for the asker. */
  private static boolean isRefusal(Throwable failure) {
    return failure instanceof ProblemException problem && !problem.retryable();
  }

  /** Calls one node after the other until one answers or time is up. */
  private <T> Future<T> call(Function<ParleyApi, Future<T>> call) {
    ParleyApi api = gateways.get(Math.floorMod(calls.getAndIncrement(), gateways.size())).api();
    return call.apply(api)
        .recover(
            failure ->
                isRefusal(failure) || System.nanoTime() - deadline > 0
                    ? Future.failedFuture(failure)
                    : vertx.timer(RETRY_MS).compose(due -> call(call)));
  }

  private static <T> Future<Long> each(List<T> all, Function<T, Future<Long>> step, int atOnce) {
    Queue<T> rest = new ConcurrentLinkedQueue<>(all);
    AtomicLong sum = new AtomicLong();
    List<Future<Void>> lanes = new ArrayList<>();
    for (int lane = 0; lane < atOnce; lane++) {
      lanes.add(lane(rest, step, sum));
    }
    return Future.all(lanes).map(done -> sum.get());
  }

  private static <T> Future<Void> lane(
      Queue<T> rest, Function<T, Future<Long>> step, AtomicLong sum) {
    T next = rest.poll();
    if (next == null) {
      return Future.succeededFuture();
    }
    return step.apply(next)
        .compose(
            count -> {
              sum.addAndGet(count);
              return lane(rest, step, sum);
            });
  }
}

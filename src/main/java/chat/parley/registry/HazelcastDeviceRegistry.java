package chat.parley.registry;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices' map in Hazelcast: one entry a user, changed in place at its owner and on one backup
 * before {@link #register} completes, and always read at its owner, so a look-up made later sees
 * it. The node keeps what it has registered and says it again at each {@link #refresh}, so that the
 * map can be rebuilt from nothing.
 */
public final class HazelcastDeviceRegistry implements DeviceRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastDeviceRegistry.class);
  private static final int REFRESH_BATCH = 500;
  private static final long FIRST_SWEEP_MS = 500;
  private static final long LAST_SWEEP_MS = 3_000;
  private static final long REMEMBER_MS = 120_000;

  private record Own(String device, String session) {}

  private final Vertx vertx;
  private final HazelcastClusterView cluster;
  private final IMap<String, UserSessions> map;
  private final IMap<String, Boolean> openGateways;
  private final long ttlMs;
  private volatile boolean gatewayOpen;
  private final Map<UserId, Set<Own>> own = new ConcurrentHashMap<>();
  private final Set<String> left = ConcurrentHashMap.newKeySet();
  private final List<Consumer<UserId>> lost = new CopyOnWriteArrayList<>();

  /** {@code settings} gives the time to live; call {@link #refresh} at a third of it. */
  public HazelcastDeviceRegistry(
      Vertx vertx,
      HazelcastInstance hazelcast,
      HazelcastClusterView cluster,
      ClusterSettings settings) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.map = hazelcast.getMap(HazelcastStart.DEVICES);
    this.openGateways = hazelcast.getMap(HazelcastStart.GATEWAYS);
    this.ttlMs = settings.deviceTtlSeconds() * 1000L;
    cluster.onLeave(this::sweepSoon);
    cluster.onLeave(openGateways::deleteAsync);
  }

  @Override
  public Future<Void> register(UserId user, DeviceId device, String sessionId) {
    Own session = new Own(device.value(), sessionId);
    return edit(
            user,
            sessions -> with(sessions, session),
            now -> new DeviceEdits.Add(cluster.self(), device.value(), sessionId, cluster.now()))
        .mapEmpty();
  }

  @Override
  public Future<Void> unregister(UserId user, DeviceId device, String sessionId) {
    Own session = new Own(device.value(), sessionId);
    return edit(
            user,
            sessions -> without(sessions, session),
            now -> new DeviceEdits.Remove(cluster.self(), device.value(), sessionId))
        .mapEmpty();
  }

  @Override
  public Future<Map<UserId, Set<String>>> gatewaysOf(Collection<UserId> users) {
    return nodesOf(users, UserSessions::nodes);
  }

  @Override
  public Future<Map<UserId, Set<String>>> socketsOf(Collection<UserId> users) {
    return nodesOf(users, UserSessions::nodesOfSockets);
  }

  private Future<Map<UserId, Set<String>>> nodesOf(
      Collection<UserId> users, Function<UserSessions, Set<String>> nodesOf) {
    Context context = vertx.getOrCreateContext();
    List<UserId> asked = new ArrayList<>(new HashSet<>(users));
    List<Future<UserSessions>> reads = new ArrayList<>(asked.size());
    for (UserId user : asked) {
      reads.add(Future.fromCompletionStage(map.getAsync(user.value()), context));
    }
    return Future.all(reads).map(done -> alive(asked, reads, nodesOf));
  }

  @Override
  public void onForgotten(Consumer<UserId> listener) {
    lost.add(listener);
  }

  @Override
  public Future<Void> openGateway() {
    gatewayOpen = true;
    return await(openGateways.setAsync(cluster.self(), true)).mapEmpty();
  }

  @Override
  public Future<Void> closeGateway() {
    gatewayOpen = false;
    return await(openGateways.deleteAsync(cluster.self())).mapEmpty();
  }

  @Override
  public Future<Boolean> isGatewayOpen(String node) {
    return await(openGateways.getAsync(node)).map(Objects::nonNull);
  }

  /**
   * Says again, in batches, what this node holds, and registers anew what the map has lost.
   *
   * @return completes when all is said
   */
  public Future<Void> refresh() {
    if (gatewayOpen) {
      // A node that was thought to be gone, and is back, was taken out by the others.
      openGateways.setAsync(cluster.self(), true);
    }
    List<UserId> users = new ArrayList<>(own.keySet());
    Future<Void> all = Future.succeededFuture();
    for (int from = 0; from < users.size(); from += REFRESH_BATCH) {
      List<UserId> batch = users.subList(from, Math.min(users.size(), from + REFRESH_BATCH));
      all = all.compose(done -> refresh(batch));
    }
    return all.onFailure(
        cause -> LOG.warn("devices not refreshed, will be at the next time: {}", cause.toString()));
  }

  private Future<Void> refresh(List<UserId> users) {
    Set<String> keys = new HashSet<>();
    users.forEach(user -> keys.add(user.value()));
    return await(
            map.submitToKeys(keys, new DeviceEdits.Refresh(cluster.self(), cluster.now(), ttlMs)))
        .compose(
            counts -> {
              List<Future<Void>> mended = new ArrayList<>();
              for (UserId user : users) {
                int count = counts.getOrDefault(user.value(), 0);
                if (count != own.getOrDefault(user, Set.of()).size()) {
                  mended.add(mend(user));
                }
              }
              return Future.all(mended).mapEmpty();
            });
  }

  /** A count that differs is mostly that of a device that was coming or going just then. */
  private Future<Void> mend(UserId user) {
    return edit(user, sessions -> sessions, this::replace)
        .map(
            lacked -> {
              if (lacked) {
                lost.forEach(listener -> listener.accept(user));
              }
              return null;
            });
  }

  private Map<UserId, Set<String>> alive(
      List<UserId> users,
      List<Future<UserSessions>> reads,
      Function<UserSessions, Set<String>> nodesOf) {
    long now = cluster.now();
    Map<UserId, Set<String>> gateways = new HashMap<>(2 * users.size());
    for (int i = 0; i < users.size(); i++) {
      UserSessions sessions = reads.get(i).result();
      if (sessions != null) {
        Set<String> nodes = nodesOf.apply(sessions.at(now, ttlMs));
        nodes.removeIf(node -> !cluster.isAlive(node));
        if (!nodes.isEmpty()) {
          gateways.put(users.get(i), nodes);
        }
      }
    }
    return gateways;
  }

  /**
   * Changes what this node holds of a user, here and in the map. The edit is submitted under the
   * user's lock, so that two edits reach the map in the order in which they were made here.
   */
  private Future<Boolean> edit(
      UserId user,
      UnaryOperator<Set<Own>> change,
      Function<Set<Own>, EntryProcessor<String, UserSessions, Boolean>> edit) {
    List<CompletionStage<Boolean>> submitted = new ArrayList<>(1);
    own.compute(
        user,
        (any, sessions) -> {
          Set<Own> next = change.apply(sessions);
          submitted.add(map.submitToKey(user.value(), edit.apply(next == null ? Set.of() : next)));
          return next;
        });
    return await(submitted.get(0));
  }

  private EntryProcessor<String, UserSessions, Boolean> replace(Set<Own> sessions) {
    List<Own> all = List.copyOf(sessions);
    return new DeviceEdits.Replace(
        cluster.self(),
        all.stream().map(Own::device).toList(),
        all.stream().map(Own::session).toList(),
        cluster.now());
  }

  /** Twice, because entries may be on their way to another owner during the first. */
  private void sweepSoon(String node) {
    left.add(node);
    vertx.setTimer(FIRST_SWEEP_MS, fired -> sweep());
    vertx.setTimer(LAST_SWEEP_MS, fired -> sweep());
    vertx.setTimer(REMEMBER_MS, fired -> left.remove(node));
  }

  private void sweep() {
    List<String> gone = left.stream().filter(node -> !cluster.isAlive(node)).toList();
    if (gone.isEmpty() || !cluster.isFirst()) {
      return;
    }
    vertx
        .executeBlocking(() -> map.executeOnEntries(new DeviceEdits.Sweep(gone)).size(), false)
        .onSuccess(swept -> LOG.info("swept {} users' entries of nodes {}", swept, gone))
        .onFailure(
            cause -> LOG.atWarn().setCause(cause).log("entries of nodes that left not swept"));
  }

  private <T> Future<T> await(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
  }

  private static Set<Own> with(Set<Own> sessions, Own session) {
    Set<Own> next = sessions == null ? new HashSet<>() : new HashSet<>(sessions);
    next.add(session);
    return Set.copyOf(next);
  }

  private static Set<Own> without(Set<Own> sessions, Own session) {
    if (sessions == null) {
      return null;
    }
    Set<Own> next = new HashSet<>(sessions);
    next.remove(session);
    return next.isEmpty() ? null : Set.copyOf(next);
  }
}

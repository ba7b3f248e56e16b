package chat.parley.registry;

import chat.parley.model.ConversationId;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Interests} in a Hazelcast map of their own, always read at an entry's owner. The key names
 * gateway and conversation, and only gateways that are alive are asked for, so the entries of one
 * that has died are never seen: they end with their time.
 */
public final class HazelcastInterests implements Interests {
  private static final Logger LOG = LoggerFactory.getLogger(HazelcastInterests.class);
  private static final String GATEWAY_ROLE = "gateway";
  private static final int REFRESH_BATCH = 500;

  private final Vertx vertx;
  private final ClusterView cluster;
  private final IMap<String, Boolean> map;

  /** How many want each. */
  private final Map<ConversationId, Integer> own = new ConcurrentHashMap<>();

  private final List<Consumer<ConversationId>> lost = new CopyOnWriteArrayList<>();

  /** Call {@link #refresh} every while: what the grid has lost is said again by it. */
  public HazelcastInterests(Vertx vertx, HazelcastInstance hazelcast, ClusterView cluster) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.map = hazelcast.getMap(HazelcastStart.INTERESTS);
  }

  @Override
  public Future<Void> add(ConversationId conversation) {
    return edit(
            conversation,
            before -> before == null ? 1 : before + 1,
            after -> map.setAsync(key(conversation), true))
        .onFailure(cause -> own.computeIfPresent(conversation, (any, wanting) -> less(wanting)));
  }

  @Override
  public Future<Void> remove(ConversationId conversation) {
    return edit(
        conversation,
        before -> before == null ? null : less(before),
        after ->
            after == null
                ? map.deleteAsync(key(conversation))
                : CompletableFuture.completedFuture(null));
  }

  private static Integer less(int wanting) {
    return wanting == 1 ? null : Integer.valueOf(wanting - 1);
  }

  /** Submitted under the key's lock: two edits reach the map in the order they are made here. */
  private Future<Void> edit(
      ConversationId conversation,
      UnaryOperator<Integer> count,
      Function<Integer, CompletionStage<?>> edit) {
    List<CompletionStage<?>> submitted = new ArrayList<>(1);
    own.compute(
        conversation,
        (any, before) -> {
          Integer after = count.apply(before);
          submitted.add(edit.apply(after));
          return after;
        });
    return await(submitted.get(0)).mapEmpty();
  }

  @Override
  public Future<Map<ConversationId, Set<String>>> interestedIn(
      Collection<ConversationId> conversations) {
    Context context = vertx.getOrCreateContext();
    Set<String> gateways = cluster.nodesWith(GATEWAY_ROLE);
    Map<ConversationId, Set<String>> found = new HashMap<>();
    List<Future<?>> reads = new ArrayList<>();
    for (ConversationId conversation : new HashSet<>(conversations)) {
      Set<String> wanting = new LinkedHashSet<>();
      found.put(conversation, wanting);
      for (String gateway : gateways) {
        // What is waited for is that it was noted: two who listen to one future are called in any
        // order.
        reads.add(
            Future.fromCompletionStage(map.getAsync(key(gateway, conversation)), context)
                .map(there -> there != null && wanting.add(gateway)));
      }
    }
    return Future.all(reads).map(found);
  }

  @Override
  public void onLost(Consumer<ConversationId> listener) {
    lost.add(listener);
  }

  /**
   * Says again, in batches, what this node wants.
   *
   * @return completes when all is said
   */
  public Future<Void> refresh() {
    List<ConversationId> all = new ArrayList<>(own.keySet());
    Future<Void> said = Future.succeededFuture();
    for (int from = 0; from < all.size(); from += REFRESH_BATCH) {
      List<ConversationId> batch = all.subList(from, Math.min(all.size(), from + REFRESH_BATCH));
      said = said.compose(done -> sayAgain(batch));
    }
    return said.onFailure(
        cause ->
            LOG.warn("interests not said again, will be at the next time: {}", cause.toString()));
  }

  private Future<Void> sayAgain(List<ConversationId> batch) {
    List<Future<?>> said = new ArrayList<>();
    for (ConversationId conversation : batch) {
      List<CompletionStage<Boolean>> submitted = new ArrayList<>(1);
      own.computeIfPresent(
          conversation,
          (any, wanted) -> {
            submitted.add(map.putAsync(key(conversation), true));
            return wanted;
          });
      for (CompletionStage<Boolean> one : submitted) {
        said.add(
            await(one)
                .onSuccess(
                    before -> {
                      if (before == null) {
                        lost.forEach(listener -> listener.accept(conversation));
                      }
                    }));
      }
    }
    return Future.all(said).mapEmpty();
  }

  private String key(ConversationId conversation) {
    return key(cluster.self(), conversation);
  }

  private static String key(String gateway, ConversationId conversation) {
    return gateway + ' ' + conversation.value();
  }

  private <T> Future<T> await(CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext());
  }
}

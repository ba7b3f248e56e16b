package chat.parley.registry;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.ConversationId;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the grid answers at the worst of times; how it answers in earnest is in ClusterIT. */
class HazelcastInterestsTest {
  private static final ConversationId ROOM = new ConversationId("room");

  /** Whoever is left out by a look-up is not given a change, and no other may follow. */
  @Test
  void nobodyIsLeftOutHoweverTheAnswersComeIn() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Grid grid = new Grid();
      HazelcastInterests interests = new HazelcastInterests(vertx, grid.instance(), new TwoNodes());
      Promise<Map<ConversationId, Set<String>>> found = Promise.promise();
      vertx.runOnContext(
          here ->
              interests
                  .interestedIn(List.of(ROOM))
                  .map(Map::copyOf)
                  .map(Grid::asTheyAreNow)
                  .onComplete(found));

      assertThat(got(found.future()).get(ROOM)).containsExactlyInAnyOrder("one", "two");
    } finally {
      vertx.close().await();
    }
  }

  private static <T> T got(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }

  /** The first answer comes on another thread while the second question is asked. */
  private static final class Grid {
    private CompletableFuture<Boolean> first;

    private static Map<ConversationId, Set<String>> asTheyAreNow(
        Map<ConversationId, Set<String>> found) {
      return Map.of(ROOM, Set.copyOf(found.get(ROOM)));
    }

    HazelcastInstance instance() {
      IMap<?, ?> map = stub(IMap.class, arguments -> ask());
      return stub(HazelcastInstance.class, arguments -> map);
    }

    private CompletionStage<Boolean> ask() {
      if (first == null) {
        first = new CompletableFuture<>();
        return first;
      }
      Thread other = new Thread(() -> first.complete(true));
      other.start();
      try {
        other.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      return CompletableFuture.completedFuture(true);
    }

    private static <T> T stub(Class<T> type, Function<Object[], Object> answer) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> answer.apply(arguments)));
    }
  }

  private static final class TwoNodes implements ClusterView {
    @Override
    public String self() {
      return "one";
    }

    @Override
    public Set<String> nodesWith(String role) {
      return Set.of("one", "two");
    }

    @Override
    public void onLeave(Consumer<String> listener) {}

    @Override
    public void onJoin(Consumer<String> listener) {}

    @Override
    public void onReunion(Runnable listener) {}
  }
}

package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.QueryMessages.Cursor;
import chat.parley.bus.QueryMessages.SyncItem;
import chat.parley.bus.QueryMessages.SyncPlanQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRows;
import chat.parley.registry.ShardRouter.Movement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a plan says of a membership that ends while the plan is made. */
class SyncPlannerTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId BEN = new UserId("ben");
  private static final long HEAD = 9;

  private long leftAt = Stint.STILL_THERE;
  private boolean leavesMeanwhile;

  @Test
  void whoIsThereGoesOnWhereTheDeviceIs() {
    SyncItem item = plan(4).get(0);
    assertThat(item.after()).isEqualTo(4);
    assertThat(item.headChangeSeq()).isEqualTo(HEAD);
    assertThat(item.ended()).isFalse();
  }

  /** As a member behind it they would be given all that follows. */
  @Test
  void whoIsTakenOutBeforeTheHeadIsAskedForIsNoMemberAtIt() {
    leavesMeanwhile = true;
    assertThat(plan(Long.MAX_VALUE)).isEmpty();
  }

  private List<SyncItem> plan(long cursor) {
    UserHeads heads =
        new UserHeads(
            stub(InboxRows.class, Map.of()), new Owners(), () -> 0, new SimpleMeterRegistry());
    Conversations conversations =
        (Conversations)
            Proxy.newProxyInstance(
                Conversations.class.getClassLoader(),
                new Class<?>[] {Conversations.class},
                (proxy, method, arguments) ->
                    Future.succeededFuture(List.of(new Membership(ROOM, 1, leftAt))));
    return new SyncPlanner(conversations, stub(Cursors.class, Map.of()), heads, null)
        .plan(new SyncPlanQuery(BEN, new DeviceId("d"), List.of(new Cursor(ROOM, cursor))))
        .result()
        .items();
  }

  /** One that answers this to everything. */
  private static <T> T stub(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> Future.succeededFuture(answer)));
  }

  private final class Owners implements UserHeads.Owners {
    @Override
    public Future<Movement> movement(Collection<ConversationId> conversations) {
      if (leavesMeanwhile) {
        leftAt = HEAD;
      }
      return Future.succeededFuture(
          new Movement(Map.of(ROOM, new Head(ROOM, HEAD, HEAD, true)), Set.of(), 0));
    }

    @Override
    public Future<Map<ConversationId, Head>> heads(Collection<ConversationId> conversations) {
      throw new AssertionError("asked for " + conversations);
    }
  }
}

package chat.parley.sync;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.QueryMessages.SyncPage;
import chat.parley.bus.QueryMessages.SyncQuery;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Conversations.Membership;
import chat.parley.conversation.Standing;
import chat.parley.conversation.Stint;
import chat.parley.cursor.Cursors;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Amendments;
import chat.parley.log.HoleException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRows;
import chat.parley.registry.ShardRouter.Movement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What becomes of a page where some of it cannot be read. */
class SyncPagerTest {
  private static final ConversationId DAMAGED = new ConversationId("damaged");
  private static final ConversationId WHOLE = new ConversationId("whole");
  private static final UserId BEN = new UserId("ben");
  private static final long HEAD = 3;
  private static final int LARGE = 1_000;

  private final Set<ConversationId> unreadable = new HashSet<>();

  @Test
  void oneThatCannotBeReadKeepsNoOtherAndIsNotClaimed() {
    unreadable.add(DAMAGED);

    SyncPage page = page(100).result();

    assertThat(page.changes()).extracting(Change::conversationId).containsOnly(WHOLE);
    assertThat(page.changes()).extracting(Change::changeSeq).containsExactly(1L, 2L, 3L);
    assertThat(page.hasMore()).as("there is nothing more to be had now").isFalse();
    assertThat(SyncCursor.decode(BEN, new DeviceId("d"), page.cursor()))
        .containsOnlyKeys(SyncCursor.tag(WHOLE));
  }

  /** It would else take the room of each page, and no other would ever come. */
  @Test
  void itTakesNoRoomFromTheOthers() {
    unreadable.add(DAMAGED);

    SyncPage page = page((int) HEAD).result();

    assertThat(page.changes()).extracting(Change::conversationId).containsOnly(WHOLE);
    assertThat(page.hasMore()).isFalse();
  }

  @Test
  void whereNothingCanBeReadItFails() {
    unreadable.addAll(List.of(DAMAGED, WHOLE));

    assertThat(page(100).cause()).isInstanceOf(HoleException.class);
  }

  private Future<SyncPage> page(int limit) {
    Conversations conversations =
        stub(Conversations.class, (proxy, method, arguments) -> conversation(method.getName()));
    Cursors cursors =
        stub(Cursors.class, (proxy, method, arguments) -> Future.succeededFuture(Map.of()));
    Amendments amendments =
        stub(Amendments.class, (proxy, method, arguments) -> Future.succeededFuture(List.of()));
    MessageLog log = stub(MessageLog.class, (proxy, method, arguments) -> rows(arguments));
    InboxRows rows =
        stub(InboxRows.class, (proxy, method, arguments) -> Future.succeededFuture(Map.of()));
    UserHeads heads = new UserHeads(rows, new Owners(), () -> 0, new SimpleMeterRegistry());
    SyncVerticle.Parts parts =
        new SyncVerticle.Parts(
            null, null, conversations, null, cursors, null, null, rows, null, null, null, null);
    return new SyncPager(
            parts,
            heads,
            new SyncPlanner(conversations, cursors, heads, log),
            new HistoryReader(log, new LatestStates(amendments), conversations, null))
        .page(new SyncQuery(BEN, new DeviceId("d"), null, limit, 500));
  }

  private static Object conversation(String question) {
    return Future.succeededFuture(
        switch (question) {
          case "ofUser" ->
              Stream.of(DAMAGED, WHOLE)
                  .map(id -> new Membership(id, 1, Stint.STILL_THERE))
                  .toList();
          case "standing" ->
              new Standing(List.of(new Stint(BEN, Role.MEMBER, 1, Stint.STILL_THERE)));
          case "count" -> OptionalInt.of(LARGE);
          default -> throw new AssertionError("asked for " + question);
        });
  }

  private Future<List<Change>> rows(Object[] arguments) {
    ConversationId id = (ConversationId) arguments[0];
    if (unreadable.contains(id)) {
      return Future.failedFuture(new HoleException(id, 2));
    }
    byte[] payload = "{}".getBytes(StandardCharsets.US_ASCII);
    return Future.succeededFuture(
        LongStream.rangeClosed((long) arguments[1], (long) arguments[2])
            .mapToObj(n -> new Change(id, n, n, ChangeType.MESSAGE_NEW, BEN, null, 1, payload))
            .toList());
  }

  private static <T> T stub(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private static final class Owners implements UserHeads.Owners {
    @Override
    public Future<Movement> movement(Collection<ConversationId> conversations) {
      return Future.succeededFuture(
          new Movement(
              conversations.stream()
                  .collect(Collectors.toMap(id -> id, id -> new Head(id, HEAD, HEAD, false))),
              Set.of(),
              0));
    }

    @Override
    public Future<Map<ConversationId, Head>> heads(Collection<ConversationId> conversations) {
      throw new AssertionError("asked for " + conversations);
    }
  }
}

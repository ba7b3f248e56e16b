package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.LogStore.StoredSend;
import chat.parley.model.AckMode;
import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A retry that comes while its first send is on its way, whatever is remembered of its device. */
class SendWindowTest {
  private static final ConversationId ROOM = new ConversationId("room");
  private static final UserId ANNA = new UserId("anna");
  private static final SendKey KEY = new SendKey(ANNA, new DeviceId("d"), new ClientMsgId("k"), 7);

  private final Deque<Promise<List<StoredSend>>> reads = new ArrayDeque<>();
  private final Promise<Appended> appended = Promise.promise();
  private final SendWindow window = new SendWindow(host(), ROOM, () -> new Position(0, 0), 0);
  private int appends;

  /**
   * No device is remembered here: what is read of it again may be older than the first's commit.
   */
  @Test
  void aRetryThatComesWhileTheKeysAreReadIsNotAppendedOnceMore() {
    Future<Appended> first = window.once(KEY, this::append);
    Future<Appended> retry = window.once(KEY, this::append);
    assertThat(reads).hasSize(1);
    assertThat(window.looking()).as("the retry waits for the first").isEqualTo(1);

    reads.poll().complete(List.of());
    assertThat(window.looking()).isZero();
    window.remember(KEY, 1);
    appended.complete(new Appended(change(), AckMode.PERSISTED, false));

    assertThat(appends).isEqualTo(1);
    assertThat(first.result().replayed()).isFalse();
    assertThat(retry.result().replayed()).isTrue();
    assertThat(retry.result().change()).isEqualTo(first.result().change());
  }

  @Test
  void aSendThatFailedMayBeTriedAgain() {
    Future<Appended> first = window.once(KEY, this::append);
    reads.poll().fail("the store is away");
    assertThat(first.failed()).isTrue();

    Future<Appended> again = window.once(KEY, this::append);
    reads.poll().complete(List.of());
    appended.complete(new Appended(change(), AckMode.PERSISTED, false));

    assertThat(again.result().replayed()).isFalse();
  }

  /** What a device has sent has no bound, and memory has. */
  @Test
  void ofADeviceThatHasSentVeryMuchTheStoreIsAskedForEachUnknownId() {
    SendWindow remembering = new SendWindow(host(), ROOM, () -> new Position(0, 0));
    remembering.once(KEY, this::append);
    reads.poll().complete(List.of());
    for (int i = 0; i < SendWindow.MOST_KEYS; i++) {
      remembering.remember(key("k" + i), i + 1);
    }
    remembering.once(key("k0"), this::append);
    remembering.once(key("new"), this::append);
    assertThat(reads).as("all are known").isEmpty();

    remembering.remember(key("one-more"), SendWindow.MOST_KEYS + 1);
    appends = 0;
    remembering.once(key("k1"), this::append);
    remembering.once(key("newer"), this::append);
    assertThat(reads).as("of the newest, and of nothing that is forgotten").isEmpty();
    assertThat(appends).isEqualTo(2);

    SendWindow after = new SendWindow(host(), ROOM, () -> new Position(0, 0));
    after.once(KEY, this::append);
    reads.poll().complete(List.of());
    for (int i = 0; i <= SendWindow.MOST_KEYS; i++) {
      after.remember(key("k" + i), i + 1);
    }
    after.once(key("k0"), this::append);
    assertThat(reads).as("one of the others").hasSize(1);
  }

  @Test
  void ofADeviceThatHasSentMoreThanIsReadTheStoreIsAskedForEachId() {
    SendWindow remembering = new SendWindow(host(), ROOM, () -> new Position(0, 0));
    remembering.once(key("new"), this::append);
    reads
        .poll()
        .complete(
            IntStream.rangeClosed(0, SendWindow.MOST_READ)
                .mapToObj(i -> new StoredSend("k" + i, i, 7))
                .toList());
    assertThat(appends).isZero();
    assertThat(reads).hasSize(1);
    reads.poll().complete(List.of());
    assertThat(appends).isEqualTo(1);
    remembering.remember(key("new"), 1);
    remembering.once(key("new"), this::append);
    assertThat(reads).as("of its newest").isEmpty();
  }

  /** Of an id in both buckets the newer one's is the send, and the older one's a leftover. */
  @Test
  void aSendIsKnownThoughAThousandOfTheBucketBeforeItWereReadAfterIt() {
    List<StoredSend> older = new ArrayList<>(others());
    older.add(new StoredSend("x", 3, 7));
    LogHost host =
        hostOf(older, List.of(new StoredSend("x", 20, 7)), message(3, "other"), message(20, "x"));

    isReplayed(host, 20);
  }

  /** The other way round: what is remembered last of the id is the leftover. */
  @Test
  void aSendIsKnownThoughItWasForgottenBeforeItsLeftoverWasRead() {
    List<StoredSend> older = new ArrayList<>();
    older.add(new StoredSend("x", 3, 7));
    older.addAll(others());
    LogHost host =
        hostOf(older, List.of(new StoredSend("x", 20, 7)), message(3, "x"), message(20, "other"));

    isReplayed(host, 3);
  }

  private void isReplayed(LogHost host, long changeSeq) {
    SendWindow remembering = new SendWindow(host, ROOM, () -> new Position(2_000, 2_000));

    Future<Appended> retry = remembering.once(key("x"), this::append);

    assertThat(appends).isZero();
    assertThat(retry.result().replayed()).isTrue();
    assertThat(retry.result().change().changeSeq()).isEqualTo(changeSeq);
  }

  /** As many as are remembered, of numbers that are nobody's business here. */
  private static List<StoredSend> others() {
    return IntStream.range(0, SendWindow.MOST_KEYS)
        .mapToObj(i -> new StoredSend("k" + i, 100 + i, 7))
        .toList();
  }

  /** With two buckets of one device's sends in its store, and these messages in its log. */
  private static LogHost hostOf(
      List<StoredSend> older, List<StoredSend> newer, Change... messages) {
    List<List<StoredSend>> buckets = List.of(older, newer);
    LogStore store =
        stub(
            LogStore.class,
            (name, arguments) ->
                switch (name) {
                  case "sendBuckets" -> Future.succeededFuture(List.of(1, 0));
                  case "sends" -> Future.succeededFuture(buckets.get((Integer) arguments[1]));
                  case "send" ->
                      Future.succeededFuture(
                          of((SendKey) arguments[2], buckets.get((Integer) arguments[1])));
                  default -> throw new AssertionError("nobody plays " + name);
                });
    MessageLog log =
        stub(
            MessageLog.class,
            (name, arguments) ->
                Future.succeededFuture(
                    Stream.of(messages)
                        .filter(message -> message.changeSeq() == (Long) arguments[1])
                        .toList()));
    return stub(
        LogHost.class,
        (name, arguments) ->
            switch (name) {
              case "clock" -> Clock.systemUTC();
              case "reads" -> log;
              default -> store;
            });
  }

  private static List<StoredSend> of(SendKey key, List<StoredSend> bucket) {
    return bucket.stream()
        .filter(send -> send.clientMsgId().equals(key.clientMsgId().value()))
        .toList();
  }

  private static Change message(long changeSeq, String clientMsgId) {
    String payload =
        """
        {"message":{"senderId":"anna","senderDeviceId":"d","clientMsgId":"%s"}}
        """
            .formatted(clientMsgId);
    return new Change(
        ROOM,
        changeSeq,
        changeSeq,
        ChangeType.MESSAGE_NEW,
        ANNA,
        null,
        0,
        payload.getBytes(StandardCharsets.UTF_8));
  }

  private static SendKey key(String clientMsgId) {
    return new SendKey(ANNA, new DeviceId("d"), new ClientMsgId(clientMsgId), 7);
  }

  private Future<Appended> append() {
    appends++;
    return appended.future();
  }

  private static Change change() {
    return new Change(ROOM, 1, 1, ChangeType.MESSAGE_NEW, ANNA, null, 0, new byte[] {'{', '}'});
  }

  private LogHost host() {
    LogStore store =
        stub(
            LogStore.class,
            (name, arguments) ->
                name.equals("sendBuckets") ? Future.succeededFuture(List.of(0)) : read());
    return stub(
        LogHost.class, (name, arguments) -> name.equals("clock") ? Clock.systemUTC() : store);
  }

  private Future<List<StoredSend>> read() {
    Promise<List<StoredSend>> read = Promise.promise();
    reads.add(read);
    return read.future();
  }

  private interface Answer {
    Object to(String method, Object[] arguments);
  }

  private static <T> T stub(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer.to(method.getName(), arguments)));
  }
}

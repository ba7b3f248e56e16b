package chat.parley.client;

import static chat.parley.client.FakeParley.CONVERSATION;
import static chat.parley.client.FakeParley.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final FakeParley server = new FakeParley(vertx);
  private final RecordingObserver seenByAda = new RecordingObserver();
  private final RecordingObserver seenByBob = new RecordingObserver();
  private final List<NetSocket> cables = new CopyOnWriteArrayList<>();
  private final NetClient far = vertx.createNetClient();
  private final AtomicLong stoppedAt = new AtomicLong();
  private ClientGroup group;
  private URI uri;
  private Session adasSession;
  private Session bobsSession;

  @BeforeEach
  void start() throws Exception {
    uri = get(server.start());
    group = ClientGroup.open(vertx, uri, QuickSettings.get(), new Random(1), this::nanos);
    adasSession = signUp("ada");
    bobsSession = signUp("bob");
    server.makeMembers(adasSession.userId(), bobsSession.userId());
  }

  @AfterEach
  void stop() throws Exception {
    get(group.close());
    get(vertx.close());
  }

  /** While the clock stands still nothing is due, and nothing is reported. */
  private long nanos() {
    long stopped = stoppedAt.get();
    return stopped == 0 ? System.nanoTime() : stopped;
  }

  private static <T> T get(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Session signUp(String handle) throws Exception {
    get(group.api().createAccount(handle, "password", handle));
    return get(group.api().createSession(handle, "password", "test", null));
  }

  private ChatClient ada() throws Exception {
    return connect(adasSession, seenByAda);
  }

  private ChatClient bob() throws Exception {
    return connect(bobsSession, seenByBob);
  }

  private ChatClient connect(Session session, Observer observer) throws Exception {
    ChatClient client = group.connect(new Credentials(group.api(), session), observer);
    get(client.ready());
    return client;
  }

  @Test
  void whatOneSendsBothShowOnceAndInOrder() throws Exception {
    ChatClient ada = ada();
    ChatClient bob = bob();
    get(ada.send(CONVERSATION, "1", "hello"));
    get(bob.send(CONVERSATION, "1", "hello yourself"));
    Ack ack = get(ada.send(CONVERSATION, "2", "good"));
    get(Future.all(ada.reached(CONVERSATION, 3), bob.reached(CONVERSATION, 3)));
    assertThat(ack.changeSeq()).isEqualTo(3);
    assertThat(seenByBob.texts()).containsExactly("hello", "hello yourself", "good");
    assertThat(seenByAda.texts()).containsExactly("hello", "hello yourself", "good");
  }

  @Test
  void aHoleIsFilledByASync() throws Exception {
    server.lose = (userId, changeSeq) -> userId.equals(bobsSession.userId()) && changeSeq == 2;
    ChatClient ada = ada();
    ChatClient bob = bob();
    for (String text : List.of("one", "two", "three")) {
      get(ada.send(CONVERSATION, text, text));
    }
    get(bob.reached(CONVERSATION, 3));
    assertThat(seenByBob.deliveredNumbers()).containsExactly(1L, 2L, 3L);
    assertThat(seenByBob.receipts(2, Source.REPAIR)).isEqualTo(1);
    assertThat(seenByBob.receipts(2, Source.LIVE)).isZero();
  }

  @Test
  void whomItWatchesAndWhatItSaysOfItselfIsSaidAgainOnEachConnection() throws Exception {
    ChatClient ada = ada();
    get(ada.watch(List.of(bobsSession.userId())));
    get(ada.setPresence("away"));
    get(ada.typing(CONVERSATION, true));
    await().untilAsserted(() -> assertThat(server.framesOf("typing")).hasSize(1));
    get(ada.dropConnection());
    await().untilAsserted(() -> assertThat(server.framesOf("presence.watch")).hasSize(2));
    await().untilAsserted(() -> assertThat(server.framesOf("presence.set")).hasSize(2));
    assertThat(server.framesOf("presence.watch").get(1).getJsonObject("d"))
        .isEqualTo(new JsonObject().put("userIds", new JsonArray().add(bobsSession.userId())));
    assertThat(server.framesOf("typing")).as("that one types is of the moment").hasSize(1);
  }

  @Test
  void aRepeatedFrameIsObservedTwiceAndShownOnce() throws Exception {
    server.doubleFrames = true;
    ChatClient ada = ada();
    ChatClient bob = bob();
    get(ada.send(CONVERSATION, "1", "one"));
    get(ada.send(CONVERSATION, "2", "two"));
    get(bob.reached(CONVERSATION, 2));
    await().untilAsserted(() -> assertThat(seenByBob.receipts(2, Source.LIVE)).isEqualTo(2));
    assertThat(seenByBob.deliveredNumbers()).containsExactly(1L, 2L);
  }

  @Test
  void anUnansweredSendGoesOutAgainAfterTheReconnectAndIsOneMessage() throws Exception {
    ChatClient ada = ada();
    server.unanswered = 1;
    Future<Ack> sent = ada.send(CONVERSATION, "same", "one");
    await().until(() -> server.unanswered == 0);
    server.closeAll(4000);
    Ack ack = get(sent);
    assertThat(ack.replayed()).isTrue();
    assertThat(seenByAda.resent).containsExactly("same");
    assertThat(server.log()).hasSize(1);
    assertThat(seenByAda.deliveredNumbers()).containsExactly(1L);
  }

  @Test
  void nothingIsHeardOfADeviceThatIsClosedThoughItsAnswerIsOnTheWay() throws Exception {
    ChatClient ada = ada();
    ChatClient bob = bob();
    Promise<Ack> sent = Promise.promise();
    group.run( // in one turn of the loop, or the answer may be there before the close
        () -> {
          ada.send(CONVERSATION, "1", "one").onComplete(sent);
          ada.close();
        });
    get(bob.reached(CONVERSATION, 1)); // the server has answered
    get(bob.send(CONVERSATION, "2", "two"));
    assertThat(sent.future().failed()).isTrue();
    assertThat(seenByAda.observed).isEmpty();
    assertThat(seenByAda.deliveredNumbers()).isEmpty();
  }

  @Test
  void aSendWhileTheServerIsAwayWaitsForIt() throws Exception {
    ChatClient ada = ada();
    server.down = true;
    server.closeAll(4011);
    await().until(() -> !seenByAda.closeCodes.isEmpty());
    Future<Ack> sent = ada.send(CONVERSATION, "1", "one");
    await().until(() -> seenByAda.closeCodes.size() > 2);
    assertThat(sent.isComplete()).isFalse();
    server.down = false;
    assertThat(get(sent).changeSeq()).isEqualTo(1);
  }

  @Test
  void aProblemThatMayPassIsTriedAgainAndOneThatWillNotIsReported() throws Exception {
    ChatClient ada = ada();
    server.problems.add(problem(503, "overloaded", true));
    assertThat(get(ada.send(CONVERSATION, "1", "one")).changeSeq()).isEqualTo(1);
    server.problems.add(problem(422, "idempotency_mismatch", false));
    assertThatThrownBy(() -> get(ada.send(CONVERSATION, "2", "two")))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.code()).isEqualTo("idempotency_mismatch"));
  }

  @Test
  void afterAResetTheRestIsPaged() throws Exception {
    ChatClient ada = ada();
    for (int i = 1; i <= 23; i++) {
      get(ada.send(CONVERSATION, "" + i, "text " + i));
    }
    server.syncBudget = 3;
    ChatClient bob = bob();
    get(bob.reached(CONVERSATION, 23));
    assertThat(seenByBob.resets).containsExactly(23L);
    assertThat(seenByBob.texts()).hasSize(23).startsWith("text 1").endsWith("text 23");
    assertThat(server.framesOf("sync")).hasSizeBetween(5, 6);
  }

  @Test
  void aReconnectResumesFromTheCursors() throws Exception {
    ChatClient ada = ada();
    ChatClient bob = bob();
    get(ada.send(CONVERSATION, "1", "one"));
    get(bob.reached(CONVERSATION, 1));
    get(bob.dropConnection());
    get(ada.send(CONVERSATION, "2", "two"));
    get(bob.reached(CONVERSATION, 2));
    assertThat(seenByBob.deliveredNumbers()).containsExactly(1L, 2L);
    assertThat(seenByBob.receipts(1, Source.RESYNC)).isZero();
    assertThat(seenByBob.connections).isEqualTo(2);
  }

  @Test
  void anExpiredTokenIsRenewedBeforeComingBack() throws Exception {
    ada();
    server.expireTokens();
    server.closeAll(4100);
    await().until(() -> seenByAda.connections >= 2);
    assertThat(seenByAda.closeCodes).contains(4100);
  }

  @Test
  void aTokenThatIsAskedForIsRenewedAndBroughtWithoutLosingTheConnection() throws Exception {
    ada();
    server.askForTokens();
    await()
        .until(
            () -> server.frames.stream().anyMatch(frame -> "reauth".equals(frame.getString("t"))));
    JsonObject said =
        server.frames.stream()
            .filter(frame -> "reauth".equals(frame.getString("t")))
            .findFirst()
            .orElseThrow();
    assertThat(said.getJsonObject("d").getString("token"))
        .startsWith("a")
        .isNotEqualTo(adasSession.accessToken());
    assertThat(seenByAda.connections).isEqualTo(1);
  }

  @Test
  void aHelloThatIsRefusedIsNotSaidAgainBeforeTheServerWantsIt() throws Exception {
    server.helloRetryAfterMs = 600;
    server.refusedHellos = 1;
    long begun = System.nanoTime();
    ada();
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    assertThat(ms).as("its own first window is of 10 ms").isGreaterThanOrEqualTo(600);
    assertThat(server.framesOf("hello")).hasSize(2);
    assertThat(seenByAda.closeCodes).containsExactly(4000);
    assertThat(seenByAda.problems)
        .singleElement()
        .isInstanceOfSatisfying(
            ProblemException.class, problem -> assertThat(problem.retryAfterMs()).isEqualTo(600));
  }

  @Test
  void whoIsWelcomedAndNeverCatchesUpWaitsLongerEachTime() throws Exception {
    server.brokenSyncs = 7;
    ClientSettings quick = QuickSettings.get();
    ClientSettings patient =
        new ClientSettings(
            quick.tick(),
            quick.gapPatience(),
            quick.receiptEvery(),
            quick.answerWithin(),
            Duration.ofMillis(10),
            Duration.ofSeconds(5),
            quick.connectTimeout(),
            quick.maxPending(),
            quick.maxHeld(),
            quick.syncLimit());
    ClientGroup own = ClientGroup.open(vertx, uri, patient, new Random(1), System::nanoTime);
    Random same = new Random(1);
    long due = 0;
    for (int window = 10; window <= 640; window *= 2) {
      due += same.nextLong(window + 1);
    }
    long begun = System.nanoTime();
    get(own.connect(new Credentials(own.api(), adasSession), seenByAda).ready());
    long ms = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    assertThat(ms).isGreaterThanOrEqualTo(due);
    assertThat(seenByAda.connections).isEqualTo(8);
    get(own.close());
  }

  @Test
  void aSendThatTheServerAskedToWaitForWaitsOnTheNextConnectionToo() throws Exception {
    ChatClient ada = ada();
    long now = System.nanoTime();
    stoppedAt.set(now);
    server.problems.add(problem(503, "overloaded", true).put("retryAfterMs", 60_000));
    Future<Ack> first = ada.send(CONVERSATION, "1", "one");
    get(ada.send(CONVERSATION, "2", "two")); // the answer to the first was before it
    get(ada.dropConnection());
    stoppedAt.set(now + TimeUnit.MILLISECONDS.toNanos(100));
    await().until(() -> seenByAda.connections == 2);
    get(ada.send(CONVERSATION, "3", "three"));
    assertThat(seenByAda.resent).isEmpty();
    assertThat(server.log()).hasSize(2);
    assertThat(first.isComplete()).isFalse();
    stoppedAt.set(now + TimeUnit.SECONDS.toNanos(61));
    assertThat(get(first).changeSeq()).isEqualTo(3);
    assertThat(seenByAda.resent).containsExactly("1");
  }

  @Test
  void aDeviceThatIsSentAwayStaysAway() throws Exception {
    ChatClient ada = ada();
    server.closeAll(4200);
    assertThatThrownBy(() -> get(ada.closed())).hasCauseInstanceOf(ProblemException.class);
    assertThatThrownBy(() -> get(ada.send(CONVERSATION, "1", "one")))
        .isInstanceOf(ExecutionException.class);
    assertThat(seenByAda.connections).isEqualTo(1);
  }

  @Test
  void deliveredCursorsAreReportedTogetherAndPingsKeepTheConnection() throws Exception {
    ChatClient ada = ada();
    ChatClient bob = bob();
    for (int i = 1; i <= 20; i++) {
      ada.send(CONVERSATION, "" + i, "text " + i);
    }
    get(bob.reached(CONVERSATION, 20));
    await()
        .untilAsserted(
            () ->
                assertThat(server.framesOf("receipt.delivered"))
                    .anySatisfy(
                        frame ->
                            assertThat(
                                    frame
                                        .getJsonObject("d")
                                        .getJsonObject("cursors")
                                        .getLong(CONVERSATION))
                                .isEqualTo(20)));
    await().untilAsserted(() -> assertThat(server.framesOf("ping")).hasSizeGreaterThan(2));
    assertThat(server.framesOf("receipt.delivered")).hasSizeLessThan(20);
    assertThat(seenByBob.connections).isEqualTo(1);
  }

  @Test
  void aTextThatIsTooLongToBeSentFailsAloneAndTheDeviceStays() throws Exception {
    ChatClient ada = ada();
    Future<Ack> first = ada.send(CONVERSATION, "1", "one");
    Future<Ack> tooLong = ada.send(CONVERSATION, "2", "x".repeat(70_000));
    assertThat(get(first).changeSeq()).isEqualTo(1);
    assertTooLong(tooLong);
    assertThat(get(ada.pending())).isZero();
    assertThat(get(ada.send(CONVERSATION, "3", "three")).changeSeq()).isEqualTo(2);
    assertThat(seenByAda.texts()).containsExactly("one", "three");
    assertThat(seenByAda.resent).isEmpty();
    assertThat(seenByAda.closeCodes).isEmpty();
  }

  @Test
  void aTextThatIsTooLongFailsTooWhereItHadToWaitForAConnection() throws Exception {
    ChatClient ada = ada();
    server.down = true;
    server.closeAll(4011);
    await().until(() -> !seenByAda.closeCodes.isEmpty());
    Future<Ack> tooLong = ada.send(CONVERSATION, "1", "x".repeat(70_000));
    Future<Ack> second = ada.send(CONVERSATION, "2", "two");
    server.down = false;
    assertThat(get(second).changeSeq()).isEqualTo(1);
    assertTooLong(tooLong);
    assertThat(seenByAda.closeCodes).doesNotContain(4202);
  }

  @Test
  void howLongAFrameMayBeSaysTheWelcomeAndBytesAreCounted() throws Exception {
    server.maxFrameBytes = 8_192;
    ChatClient ada = ada();
    assertTooLong(ada.send(CONVERSATION, "1", "é".repeat(4_096)));
    assertTooLong(ada.edit("m1", "x".repeat(8_192)));
    assertThat(get(ada.send(CONVERSATION, "2", "x".repeat(8_000))).changeSeq()).isEqualTo(1);
    assertThat(seenByAda.closeCodes).isEmpty();
  }

  @Test
  void whatAsksForNoAnswerAndIsTooLongIsAProblemThatTheObserverHears() throws Exception {
    ChatClient ada = ada();
    get(ada.watch(conversations(1, 2_000).keySet()));
    assertThat(seenByAda.problems)
        .singleElement()
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> assertThat(problem.code()).isEqualTo("payload_too_large"));
    assertThat(get(ada.send(CONVERSATION, "1", "one")).changeSeq()).isEqualTo(1);
    assertThat(server.framesOf("presence.watch")).isEmpty();
    assertThat(seenByAda.closeCodes).isEmpty();
  }

  @Test
  void aHelloSaysTheCursorsThatMovedLastAndWhatTheServerStreamsOfTheOthersIsDropped()
      throws Exception {
    ChatClient ada = ada();
    get(ada.send(CONVERSATION, "1", "one"));
    get(ada.send(CONVERSATION, "2", "two"));
    ChatClient bob = bobWith(keptFirst(CONVERSATION, 1L));
    get(bob.reached(CONVERSATION, 2));
    JsonObject hello = server.framesOf("hello").get(1);
    assertThat(hello.encode().length()).isLessThan(65_536);
    assertThat(cursorsOf(hello))
        .hasSizeGreaterThan(1_000)
        .contains(conversation(3_000))
        .doesNotContain(CONVERSATION, conversation(1));
    assertThat(seenByBob.receipts(1, Source.RESYNC)).isEqualTo(1);
    assertThat(seenByBob.deliveredNumbers()).containsExactly(2L);
    get(bob.dropConnection());
    await().until(() -> seenByBob.connections == 2);
    assertThat(cursorsOf(server.framesOf("hello").get(2))).contains(CONVERSATION);
  }

  @Test
  void whatAHelloHadNoRoomForIsReportedInParts() throws Exception {
    bobWith(keptFirst(CONVERSATION, 1L));
    await().untilAsserted(() -> assertThat(reported()).contains(CONVERSATION, conversation(1)));
    Set<String> said = cursorsOf(server.framesOf("hello").get(0));
    assertThat(said.size() + reported().size()).isEqualTo(3_001);
    assertThat(reported()).doesNotHaveDuplicates().doesNotContainAnyElementsOf(said);
    assertPartsAreShort();
  }

  @Test
  void aResetThatHoldsNothingNewIsNoneToTheObserver() throws Exception {
    ChatClient ada = ada();
    for (int i = 1; i <= 5; i++) {
      get(ada.send(CONVERSATION, "" + i, "text " + i));
    }
    server.syncBudget = 3;
    ChatClient bob = bobWith(keptFirst(CONVERSATION, 5L));
    assertThat(seenByBob.resets).isEmpty();
    get(ada.send(CONVERSATION, "6", "text 6"));
    get(bob.reached(CONVERSATION, 6));
    assertThat(seenByBob.deliveredNumbers()).containsExactly(6L);
  }

  @Test
  void aReportOfManyCursorsGoesInParts() throws Exception {
    ada();
    stoppedAt.set(System.nanoTime());
    Set<String> moved = conversations(1, 1_200).keySet();
    moved.forEach(id -> server.tell("conversation.updated", firstChange(id)));
    await().until(() -> seenByAda.delivered.size() == moved.size());
    stoppedAt.set(0);
    await().untilAsserted(() -> assertThat(reported()).hasSize(1_200));
    assertThat(reported()).containsExactlyInAnyOrderElementsOf(moved);
    assertPartsAreShort();
    assertThat(seenByAda.closeCodes).isEmpty();
  }

  @Test
  void whatWasReportedAndMayBeLostWithItsConnectionIsReportedOnTheNext() throws Exception {
    server.heartbeatMs = 60_000; // no ping of the device itself shows what has arrived
    ChatClient ada = ada();
    server.tell("conversation.updated", firstChange("heard"));
    await().untilAsserted(() -> assertThat(reported()).containsExactly("heard"));
    get(ada.request("ping", new JsonObject()));
    server.tell("conversation.updated", firstChange("lost"));
    await().untilAsserted(() -> assertThat(reported()).containsExactly("heard", "lost"));
    get(ada.dropConnection());
    await().untilAsserted(() -> assertThat(reported()).containsExactly("heard", "lost", "lost"));
  }

  @Test
  void aConnectionCutWithoutAGoodbyeIsReplaced() throws Exception {
    URI cable =
        URI.create(
            "http://127.0.0.1:"
                + get(vertx.createNetServer().connectHandler(this::carry).listen(0)).actualPort());
    ClientGroup behindCable =
        ClientGroup.open(vertx, cable, QuickSettings.get(), new Random(1), System::nanoTime);
    ChatClient ada =
        behindCable.connect(new Credentials(behindCable.api(), adasSession), seenByAda);
    get(ada.ready());
    server.unanswered = 1;
    Future<Ack> sent = ada.send(CONVERSATION, "1", "one");
    await().until(() -> server.unanswered == 0);
    cables.forEach(NetSocket::close);
    assertThat(get(sent).replayed()).isTrue();
    assertThat(seenByAda.closeCodes).containsExactly(1006);
    get(behindCable.close());
  }

  /** A cable between client and server that a test can cut. */
  private void carry(NetSocket in) {
    in.pause();
    far.connect(uri.getPort(), uri.getHost())
        .onSuccess(
            out -> {
              in.handler(out::write);
              out.handler(in::write);
              in.closeHandler(v -> out.close());
              out.closeHandler(v -> in.close());
              cables.add(in);
              in.resume();
            });
  }

  private static void assertTooLong(Future<Ack> refused) {
    assertThatThrownBy(() -> get(refused))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            ProblemException.class,
            problem -> {
              assertThat(problem.code()).isEqualTo("payload_too_large");
              assertThat(problem.retryable()).isFalse();
            });
  }

  /** The id of a conversation that the server knows nothing of, as long as a real one. */
  private static String conversation(int number) {
    return String.format("%036d", number);
  }

  private static Map<String, Long> conversations(int from, int to) {
    Map<String, Long> cursors = new LinkedHashMap<>();
    for (int number = from; number <= to; number++) {
      cursors.put(conversation(number), 1_000L);
    }
    return cursors;
  }

  /** More cursors than a hello has room for, this one the first to be left out. */
  private static Map<String, Long> keptFirst(String conversationId, long cursor) {
    Map<String, Long> kept = new LinkedHashMap<>();
    kept.put(conversationId, cursor);
    kept.putAll(conversations(1, 3_000));
    return kept;
  }

  private ChatClient bobWith(Map<String, Long> cursors) throws Exception {
    Credentials credentials = new Credentials(group.api(), bobsSession);
    ChatClient bob = group.connect(credentials, cursors, seenByBob);
    get(bob.ready());
    return bob;
  }

  private static JsonObject firstChange(String conversationId) {
    return new JsonObject()
        .put("conversationId", conversationId)
        .put("changeSeq", 1)
        .put("seq", 0)
        .put("at", "now");
  }

  private static Set<String> cursorsOf(JsonObject frame) {
    return frame.getJsonObject("d").getJsonObject("cursors").fieldNames();
  }

  /** The conversations of all delivered receipts so far, in the order of the reports. */
  private List<String> reported() {
    return server.framesOf("receipt.delivered").stream()
        .flatMap(frame -> cursorsOf(frame).stream())
        .toList();
  }

  private void assertPartsAreShort() {
    assertThat(server.framesOf("receipt.delivered"))
        .allSatisfy(frame -> assertThat(cursorsOf(frame)).hasSizeLessThanOrEqualTo(500));
  }
}

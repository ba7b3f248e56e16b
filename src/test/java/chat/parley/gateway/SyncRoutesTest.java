package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.bus.DeliveryMessages.Delivery;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.QueryMessages.ReceiptView;
import chat.parley.bus.QueryMessages.SyncPage;
import chat.parley.bus.QueryMessages.SyncQuery;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All conversations at once over HTTP, and calls that wait. */
class SyncRoutesTest {
  private static final ConversationId C1 = new ConversationId("c1");
  private static final UserId ANNA = new UserId("u-anna");
  private static final DeviceId DEVICE = new DeviceId("d-anna");
  private static final SyncPage NOTHING = new SyncPage(List.of(), List.of(), "n", false, List.of());

  /** So many are asked at once, and so many may wait for each of them. */
  private static final int TURNS = 16;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final EdgeGuard guard = Guards.usual(meters);

  @TempDir Path folder;
  private EdgeServer edge;
  private String token;

  @BeforeEach
  void start() {
    edge = new EdgeServer(folder, guard);
    token = edge.signedIn("anna");
    edge.queries = query -> Future.succeededFuture(NOTHING);
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void aPageIsPassedOn() {
    edge.queries =
        query ->
            Future.succeededFuture(
                new SyncPage(
                    List.of(change(1), change(2)),
                    List.of(new ReceiptView(C1, ANNA, 2, 1)),
                    "next",
                    true,
                    List.of(new ConversationId("c2"))));

    HttpResponse<Buffer> answer = edge.get("/v1/sync?cursor=abc&limit=7", token);

    assertThat(answer.bodyAsString())
        .isEqualTo(
            "{\"changes\":[{\"changeSeq\":1},{\"changeSeq\":2}],"
                + "\"receipts\":[{\"conversationId\":\"c1\",\"userId\":\"u-anna\","
                + "\"deliveredSeq\":2,\"readSeq\":1}],"
                + "\"cursor\":\"next\",\"hasMore\":true,\"reset\":[\"c2\"]}");
    assertThat(edge.asked.poll()).isEqualTo(new SyncQuery(ANNA, DEVICE, "abc", 7, 500));
    edge.get("/v1/sync?limit=100000&wait=99", token);
    assertThat(edge.asked.poll()).isEqualTo(new SyncQuery(ANNA, DEVICE, null, 500, 500));
  }

  @Test
  void whatIsNoCallIsRefused() {
    problem(edge.get("/v1/sync?wait=x", token), 400, "bad_request");
    problem(edge.get("/v1/sync?wait=-1", token), 400, "bad_request");
    problem(edge.get("/v1/sync?limit=0", token), 400, "bad_request");
    edge.queries =
        query -> Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "no cursor"));
    problem(edge.get("/v1/sync?cursor=x&wait=30", token), 400, "bad_request");
    assertThat(edge.registry.sessions).isEmpty();
  }

  @Test
  void aCallThatCouldNotBeMadeKnownLeavesNothingBehind() {
    edge.registry.away = true;
    assertThat(edge.get("/v1/sync?wait=1", token).statusCode()).isGreaterThanOrEqualTo(500);
    edge.registry.away = false;
    assertThat(edge.registry.sessions).isEmpty();
  }

  @Test
  void aCallThatWaitsIsWokenByWhatHappensAndLooksAgain() throws Exception {
    CompletableFuture<HttpResponse<Buffer>> call = callThatWaits();
    edge.queries = query -> Future.succeededFuture(page(change(1)));
    wake("u-somebody");
    assertThat(call).isNotDone();

    wake("u-anna");

    assertThat(call.get(30, TimeUnit.SECONDS).bodyAsString()).contains("\"changeSeq\":1");
    await().until(edge.registry.sessions::isEmpty);
  }

  @Test
  void whatHappensDuringTheLookIsNotMissed() throws Exception {
    edge.queries =
        query -> {
          wake("u-anna");
          edge.queries = again -> Future.succeededFuture(page(change(1)));
          return Future.succeededFuture(NOTHING);
        };
    assertThat(edge.get("/v1/sync?wait=30", token).bodyAsString()).contains("\"changeSeq\":1");
  }

  @Test
  void aCallIsWokenByALargeConversationWhichItLooksAtOnceMoreWhenItIsKnownToWaitForIt()
      throws Exception {
    AtomicInteger looks = new AtomicInteger();
    edge.queries =
        query -> {
          looks.incrementAndGet();
          return Future.succeededFuture(
              new SyncPage(List.of(), List.of(), "n", false, List.of(), List.of(C1)));
        };
    CompletableFuture<HttpResponse<Buffer>> call = callThatWaits();
    await().until(() -> edge.interests.wanted.contains(C1) && looks.get() == 2);
    edge.queries = query -> Future.succeededFuture(page(change(1)));

    edge.polls.hear(new DeliverChanges(List.of(new Delivery(change(1).largeSince(1), List.of()))));

    assertThat(call.get(30, TimeUnit.SECONDS).bodyAsString()).contains("\"changeSeq\":1");
    await().until(edge.interests.wanted::isEmpty);
  }

  @Test
  void aWaitEndsWithItsTimeWithTheNodeAndWithTheNextOneOfItsDevice() throws Exception {
    assertThat(edge.get("/v1/sync?wait=1", token).bodyAsString()).contains("\"changes\":[]");
    CompletableFuture<HttpResponse<Buffer>> first = callThatWaits();
    CompletableFuture<HttpResponse<Buffer>> second = call();
    assertThat(first.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    await().until(() -> edge.registry.sessions.size() == 1);

    edge.polls.end();

    assertThat(second.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    await().until(edge.registry.sessions::isEmpty);
    edge.asked.clear();
    HttpResponse<Buffer> late = edge.get("/v1/sync?wait=30", token);
    problem(late, 503, "overloaded");
    assertThat(Long.parseLong(late.getHeader("Retry-After"))).isBetween(1L, 5L);
    assertThat(edge.asked).as("who asks again at once costs no look").isEmpty();
    assertThat(edge.registry.sessions).isEmpty();
    assertThat(edge.get("/v1/sync", token).statusCode())
        .as("who does not wait is still answered")
        .isEqualTo(200);
  }

  @Test
  void aDeviceThatIsSignedOutWaitsNoLonger() throws Exception {
    CompletableFuture<HttpResponse<Buffer>> call = callThatWaits();
    String signIn = edge.principal(token).family();
    edge.polls.hear(new CloseDevice(ANNA, new DeviceId("another"), signIn, 4200, "no"));
    edge.polls.hear(new CloseDevice(ANNA, DEVICE, "an earlier sign-in", 4200, "no"));
    edge.polls.hear(new CloseDevice(ANNA, DEVICE, signIn, 4200, "no"));
    problem(call.get(30, TimeUnit.SECONDS), 401, "unauthenticated");
  }

  @Test
  void nobodyWaitsForACallerWhoIsGone() throws Exception {
    edge.hangUpDuring("GET /v1/sync?wait=30 HTTP/1.1", token, this::isWaiting);
    await().until(edge.registry.sessions::isEmpty);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/v1/sync", "/v1/sync?wait=30", "/v1/conversations/c1/changes?after=3&limit=5"})
  void nobodyIsAskedForACallerWhoIsGoneWhenTheirTurnComes(String path) throws Exception {
    Promise<SyncPage> held = holdAllTurns();
    edge.hangUpDuring("GET " + path + " HTTP/1.1", token, () -> inLine() == 1);
    await("the server to see that nobody is there").until(() -> edge.lines.get() == 0);

    held.complete(NOTHING);

    assertThat(inLine()).isZero();
    assertThat(edge.get("/v1/sync?cursor=later", token).statusCode()).isEqualTo(200);
    assertThat(edge.asked).containsExactly(new SyncQuery(ANNA, DEVICE, "later", 100, 500));
    await().until(edge.registry.sessions::isEmpty);
  }

  @Test
  void whileVeryManyWaitForTheirTurnCallsAreToldToComeBackLater() {
    Promise<SyncPage> held = holdAllTurns();
    for (int i = 0; i < TURNS * TURNS; i++) {
      guard.syncs().begin(() -> Future.succeededFuture(NOTHING));
    }

    HttpResponse<Buffer> refused = edge.get("/v1/sync", token);
    problem(refused, 503, "overloaded");
    assertThat(Long.parseLong(refused.getHeader("Retry-After"))).isBetween(1L, 5L);
    problem(edge.get("/v1/sync?wait=30", token), 503, "overloaded");
    assertThat(edge.asked).isEmpty();
    assertThat(edge.registry.sessions).isEmpty();

    held.complete(NOTHING);
    assertThat(edge.get("/v1/sync", token).statusCode()).isEqualTo(200);
  }

  /** Until the promise is kept; to be called before the server uses its turns. */
  private Promise<SyncPage> holdAllTurns() {
    Promise<SyncPage> held = Promise.promise();
    for (int i = 0; i < TURNS; i++) {
      guard.syncs().begin(held::future);
    }
    return held;
  }

  private int inLine() {
    return (int) meters.get("parley.gateway.syncs.waiting").gauge().value();
  }

  private CompletableFuture<HttpResponse<Buffer>> callThatWaits() {
    CompletableFuture<HttpResponse<Buffer>> call = call();
    await().until(this::isWaiting);
    return call;
  }

  private CompletableFuture<HttpResponse<Buffer>> call() {
    return CompletableFuture.supplyAsync(() -> edge.get("/v1/sync?wait=30", token));
  }

  private boolean isWaiting() {
    return !edge.asked.isEmpty() && !edge.registry.sessions.isEmpty();
  }

  private void wake(String user) {
    edge.polls.hear(
        new DeliverChanges(List.of(new Delivery(change(1), List.of(new UserId(user))))));
  }

  private static SyncPage page(Change change) {
    return new SyncPage(List.of(change), List.of(), "n", false, List.of());
  }

  private static Change change(long number) {
    return new Change(
        C1,
        number,
        number,
        ChangeType.MESSAGE_NEW,
        ANNA,
        null,
        0,
        ("{\"changeSeq\":" + number + "}").getBytes(StandardCharsets.UTF_8));
  }
}

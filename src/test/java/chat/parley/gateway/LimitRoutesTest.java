package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.FailureException.Scope;
import chat.parley.bus.IngestMessages.MessageAccepted;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.QueryMessages.ChangesPage;
import chat.parley.limit.AddressList;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Rate;
import chat.parley.limit.RateSettings;
import chat.parley.model.AckMode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** REST calls that are limited, and by whose address. */
final class LimitRoutesTest {
  private static final String PAGE = "/v1/conversations/c1/changes";

  @TempDir private Path folder;
  private EdgeServer edge;

  @AfterEach
  void close() {
    edge.close();
  }

  private void open(Map<Limit, String> altered, String trusted, String proxies) {
    Map<Limit, Rate> rates = new HashMap<>(RateSettings.usual());
    altered.forEach((limit, rate) -> rates.put(limit, Rate.parse(rate)));
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    edge =
        new EdgeServer(
            folder,
            Guards.of(
                new RateSettings(
                    rates,
                    Optional.of(Rate.parse("100 + 1/s")),
                    AddressList.of(List.of(trusted)),
                    AddressList.of(List.of(proxies))),
                Guards.load(List.of(), meters),
                meters));
    edge.queries = query -> Future.succeededFuture(new ChangesPage(List.of(), 0, 0, false));
  }

  private HttpResponse<Buffer> page(String token, String forwardedFor) {
    return edge.call(
        HttpMethod.GET,
        PAGE,
        token,
        null,
        forwardedFor == null ? null : "X-Forwarded-For",
        forwardedFor);
  }

  private static void isLimited(HttpResponse<Buffer> answer, String scope) {
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.getHeader("Content-Type")).isEqualTo("application/problem+json");
    JsonObject problem = answer.bodyAsJsonObject();
    assertThat(problem.getString("code")).isEqualTo("rate_limited");
    assertThat(problem.getString("scope")).isEqualTo(scope);
    assertThat(problem.getLong("retryAfterMs")).isPositive();
    assertThat(Long.parseLong(answer.getHeader("Retry-After")) * 1_000)
        .isGreaterThanOrEqualTo(problem.getLong("retryAfterMs"));
  }

  @Test
  void pagesAreLimitedByUser() {
    open(Map.of(new Limit(Scope.USER, Kind.PAGES), "2 + 1/h"), "none", "none");
    String ann = edge.signedIn("ann");

    assertThat(page(ann, null).statusCode()).isEqualTo(200);
    assertThat(page(ann, null).statusCode()).isEqualTo(200);
    isLimited(page(ann, null), "user");
    assertThat(page(edge.signedIn("ben"), null).statusCode()).isEqualTo(200);
  }

  @Test
  void signInsAreLimitedByHandleAndByAddress() {
    open(
        Map.of(
            new Limit(Scope.USER, Kind.SIGN_INS), "1 + 1/h",
            new Limit(Scope.IP, Kind.SIGN_INS), "3 + 1/h"),
        "none",
        "none");

    assertThat(signIn("ann").statusCode()).isEqualTo(401);
    isLimited(signIn("ANN"), "user");
    assertThat(signIn("ben").statusCode()).isEqualTo(401);
    isLimited(signIn("cid"), "ip");
  }

  /** A look for what was refused costs its owner something, though nothing is stored. */
  @Test
  void retriesBeyondTheLimitOfMessagesAreLimitedByUser() {
    openForRetries(Scope.USER);
    String ann = edge.signedIn("ann");
    assertThat(message(ann).statusCode()).isEqualTo(201);

    assertThat(message(ann).statusCode()).isEqualTo(200);
    assertThat(message(ann).statusCode()).isEqualTo(200);
    isLimited(message(ann), "user");
    assertThat(edge.asked).as("the owner was asked").hasSize(3);
    String ben = edge.signedIn("ben");
    assertThat(message(ben).statusCode()).isEqualTo(201);
    assertThat(message(ben).statusCode()).isEqualTo(200);
  }

  @Test
  void retriesOfManyUsersAreLimitedByTheirAddress() {
    openForRetries(Scope.IP);
    String ann = edge.signedIn("ann");
    String ben = edge.signedIn("ben");
    String cid = edge.signedIn("cid");
    for (String user : List.of(ann, ben, cid)) {
      assertThat(message(user).statusCode()).isEqualTo(201);
    }

    assertThat(message(ann).statusCode()).isEqualTo(200);
    assertThat(message(ben).statusCode()).isEqualTo(200);
    isLimited(message(cid), "user");
    assertThat(edge.asked).as("the owner was asked").hasSize(5);
  }

  /** A user may send one message; all that are over the limit are stored already. */
  private void openForRetries(Scope limited) {
    open(
        Map.of(
            new Limit(Scope.USER, Kind.MESSAGES), "1 + 1/h",
            new Limit(limited, Kind.RETRIES), "2 + 1/h"),
        "none",
        "none");
    edge.ingest =
        command -> {
          boolean replayed = ((SendMessage) command).toll().refusedBy() != null;
          return Future.succeededFuture(
              new MessageAccepted("c1.1", 1, 1, 0, AckMode.PERSISTED, replayed));
        };
  }

  private HttpResponse<Buffer> message(String token) {
    return edge.post(
        "/v1/messages",
        token,
        new JsonObject()
            .put("conversationId", "c1")
            .put("clientMsgId", "k1")
            .put("body", new JsonObject().put("text", "hi")));
  }

  private HttpResponse<Buffer> signIn(String handle) {
    return edge.post(
        "/v1/sessions",
        null,
        new JsonObject()
            .put("handle", handle)
            .put("password", "wrong wrong")
            .put("device", new JsonObject()));
  }

  @Test
  void onlyTrustedProxiesSayForWhomTheySpeakAndOnlyTheirOwnWordCounts() {
    open(Map.of(new Limit(Scope.IP, Kind.PAGES), "1 + 1/h"), "none", "loopback");
    String ann = edge.signedIn("ann");

    assertThat(page(ann, "192.0.2.1").statusCode()).isEqualTo(200);
    isLimited(page(ann, "192.0.2.1"), "ip");
    isLimited(page(ann, "198.51.100.9, 192.0.2.1"), "ip"); // what the client wrote itself
    assertThat(page(ann, "192.0.2.2").statusCode()).isEqualTo(200);
    assertThat(page(ann, "2001:db8:1:2:3::4").statusCode()).isEqualTo(200);
    isLimited(page(ann, "2001:db8:1:2:ffff::1"), "ip"); // the same /64
  }

  @Test
  void aStrangersHeaderIsNotBelieved() {
    open(Map.of(new Limit(Scope.IP, Kind.PAGES), "1 + 1/h"), "none", "none");
    String ann = edge.signedIn("ann");

    assertThat(page(ann, "192.0.2.1").statusCode()).isEqualTo(200);
    isLimited(page(ann, "192.0.2.2"), "ip");
  }

  @Test
  void whoIsTrustedIsNotLimitedAndAProxyOnTheSameMachineTrustsNobodyByItsOwnAddress() {
    open(Map.of(new Limit(Scope.IP, Kind.PAGES), "1 + 1/h"), "loopback", "none");
    String ann = edge.signedIn("ann");

    for (int i = 0; i < 5; i++) {
      assertThat(page(ann, null).statusCode()).isEqualTo(200);
    }
    assertThat(page(ann, "garbage").statusCode()).isEqualTo(200);
    isLimited(page(ann, "192.0.2.7"), "ip");
  }

  @Test
  void nobodyBecomesLoopbackByAHeader() {
    open(Map.of(new Limit(Scope.IP, Kind.PAGES), "1 + 1/h"), "loopback", "loopback");
    String ann = edge.signedIn("ann");

    assertThat(page(ann, "127.0.0.1").statusCode()).isEqualTo(200);
    isLimited(page(ann, "127.0.0.1"), "ip");
    assertThat(page(ann, null).statusCode()).isEqualTo(200);
  }
}

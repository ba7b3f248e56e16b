package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.DeliveryMessages.CloseDevice;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts, sessions, users and devices over HTTP. */
class SignInRoutesTest {
  @TempDir static Path folder;
  private static EdgeServer edge;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @Test
  void signsUpSignsInAndRenews() {
    HttpResponse<Buffer> account =
        edge.post("/v1/accounts", null, account("Anna", "correct horse", " Änna "));
    assertThat(account.statusCode()).isEqualTo(201);
    assertThat(account.bodyAsJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("userId", "u-anna")
                .put("handle", "anna")
                .put("displayName", "Änna"));
    problem(edge.post("/v1/accounts", null, account("anna", "another one", "A")), 409, "conflict");

    HttpResponse<Buffer> session = signIn("ANNA", "correct horse");
    assertThat(session.statusCode()).isEqualTo(201);
    JsonObject json = session.bodyAsJsonObject();
    assertThat(json.fieldNames())
        .containsExactlyInAnyOrder(
            "userId", "deviceId", "accessToken", "expiresAt", "refreshToken");
    assertThat(json.getString("expiresAt")).matches("\\d{4}-.*T.*\\.000Z");
    assertThat(edge.get("/v1/users/me", json.getString("accessToken")).statusCode()).isEqualTo(200);

    HttpResponse<Buffer> renewed = refresh(json.getString("refreshToken"));
    assertThat(renewed.statusCode()).isEqualTo(200);
    assertThat(renewed.bodyAsJsonObject().getString("deviceId"))
        .isEqualTo(json.getString("deviceId"));
  }

  @Test
  void whoHasNotHeardOfARenewalAsksAgain() {
    edge.post("/v1/accounts", null, account("asra", "correct horse", "A"));
    String first = signIn("asra", "correct horse").bodyAsJsonObject().getString("refreshToken");
    JsonObject lost = refresh(first, "a-random-id-of-22-chars").bodyAsJsonObject();

    JsonObject heard = refresh(first, "a-random-id-of-22-chars").bodyAsJsonObject();

    assertThat(heard.getString("refreshToken")).isEqualTo(lost.getString("refreshToken"));
    assertThat(edge.get("/v1/users/me", heard.getString("accessToken")).statusCode())
        .isEqualTo(200);
    problem(refresh(heard.getString("refreshToken"), "to be guessed"), 400, "bad_request");
    assertThat(refresh(heard.getString("refreshToken")).statusCode()).isEqualTo(200);
  }

  @Test
  void aReplayedRefreshTokenSignsTheDeviceOut() throws Exception {
    edge.post("/v1/accounts", null, account("bert", "correct horse", "B"));
    JsonObject session = signIn("bert", "correct horse").bodyAsJsonObject();
    JsonObject renewed = refresh(session.getString("refreshToken")).bodyAsJsonObject();

    problem(refresh(session.getString("refreshToken")), 401, "unauthenticated");

    problem(refresh(renewed.getString("refreshToken")), 401, "unauthenticated");
    problem(edge.get("/v1/users/me", renewed.getString("accessToken")), 401, "unauthenticated");
    assertThat(closed(session.getString("deviceId")).closeCode()).isEqualTo(4200);
    problem(refresh("nobody's"), 401, "unauthenticated");
  }

  @Test
  void anUnknownHandleAndAWrongPasswordLookTheSame() {
    edge.post("/v1/accounts", null, account("carl", "correct horse", "C"));
    HttpResponse<Buffer> wrong = signIn("carl", "wrong horse");
    HttpResponse<Buffer> unknown = signIn("nobody", "wrong horse");
    problem(wrong, 401, "unauthenticated");
    problem(unknown, 401, "unauthenticated");
    assertThat(unknown.bodyAsJsonObject().getString("detail"))
        .isEqualTo(wrong.bodyAsJsonObject().getString("detail"));
  }

  @Test
  void namesTheFieldThatIsWrong() {
    wrongAccount(account("a", "correct horse", "A"), "handle");
    wrongAccount(account("a b", "correct horse", "A"), "handle");
    wrongAccount(account("a".repeat(65), "correct horse", "A"), "handle");
    wrongAccount(account("dora", "short", "A"), "password");
    wrongAccount(account("dora", "x".repeat(129), "A"), "password");
    wrongAccount(account("dora", "correct horse", " "), "displayName");
    wrongAccount(account("dora", "correct horse", "a\nb"), "displayName");
    wrongAccount(new JsonObject().put("handle", 7), "handle");
    JsonObject device = new JsonObject().put("deviceId", "a b");
    problem(
        edge.post(
            "/v1/sessions", null, account("dora", "correct horse", "D").put("device", device)),
        400,
        "bad_request");
    problem(
        edge.post("/v1/sessions", null, account("dora", "correct horse", "D").put("device", 1)),
        400,
        "bad_request");
  }

  @Test
  void listsAndDeletesDevices() throws Exception {
    String token = edge.signedIn("emil");
    String onPhone = edge.signedIn(new UserId("u-emil"), new DeviceId("phone"));

    JsonObject list = edge.get("/v1/devices", token).bodyAsJsonObject();
    assertThat(list.getJsonArray("items")).hasSize(2);
    JsonObject first = list.getJsonArray("items").getJsonObject(0);
    assertThat(first.getString("deviceId")).isEqualTo("d-emil");
    assertThat(first.getBoolean("current")).isTrue();
    assertThat(first.getString("platform")).isEqualTo("test");
    assertThat(first.getString("createdAt")).isEqualTo("1970-01-01T00:00:01.000Z");

    String signIn = edge.principal(onPhone).family();
    assertThat(edge.call(HttpMethod.DELETE, "/v1/devices/phone", token, null).statusCode())
        .isEqualTo(204);
    CloseDevice close = closed("phone");
    assertThat(close)
        .isEqualTo(
            new CloseDevice(new UserId("u-emil"), new DeviceId("phone"), signIn, 4200, "revoked"));
    problem(edge.get("/v1/devices", onPhone), 401, "unauthenticated");
    problem(edge.call(HttpMethod.DELETE, "/v1/devices/phone", token, null), 404, "not_found");
    assertThat(edge.call(HttpMethod.DELETE, "/v1/sessions/current", token, null).statusCode())
        .isEqualTo(204);
    problem(edge.get("/v1/devices", token), 401, "unauthenticated");
  }

  @Test
  void oneDeviceTooManyIsRefusedUnlessTheOldestIsToGo() {
    edge.post("/v1/accounts", null, account("gerd", "correct horse", "G"));
    JsonObject oldest = signIn("gerd", "correct horse").bodyAsJsonObject();
    signIn("gerd", "correct horse");
    signIn("gerd", "correct horse");
    problem(signIn("gerd", "correct horse"), 409, "conflict");

    JsonObject body = credentials("gerd", "correct horse").put("signOutOldest", true);
    HttpResponse<Buffer> fourth = edge.post("/v1/sessions", null, body);

    assertThat(fourth.statusCode()).isEqualTo(201);
    problem(edge.get("/v1/devices", oldest.getString("accessToken")), 401, "unauthenticated");
    JsonObject list =
        edge.get("/v1/devices", fourth.bodyAsJsonObject().getString("accessToken"))
            .bodyAsJsonObject();
    assertThat(list.getJsonArray("items")).hasSize(3);
    problem(
        edge.post("/v1/sessions", null, body.copy().put("signOutOldest", "yes")),
        400,
        "bad_request");
  }

  @Test
  void somebodyOfTheProviderIsSignedInByTheirToken() {
    edge.people.put("good", edge.accounts.adopt(new UserId("u-hans"), "hans", "Hans").result());
    HttpResponse<Buffer> session = edge.post("/v1/sessions", null, identity("good"));

    assertThat(session.statusCode()).isEqualTo(201);
    assertThat(session.bodyAsJsonObject().getString("userId")).isEqualTo("u-hans");
    problem(edge.post("/v1/sessions", null, identity("bad")), 401, "unauthenticated");
    problem(edge.post("/v1/sessions", null, identity("x".repeat(9_000))), 401, "unauthenticated");
    problem(
        edge.post("/v1/sessions", null, identity("good").put("handle", "hans")),
        400,
        "bad_request");
    // An account without a password has none that could be guessed.
    problem(signIn("hans", "null"), 401, "unauthenticated");
  }

  @Test
  void whereBuiltInAccountsAreOffOnlyTheProviderSignsIn() {
    try (EdgeServer strict = new EdgeServer(folder, false)) {
      strict.people.put("good", strict.accounts.adopt(new UserId("u-ines"), "ines", "I").result());
      JsonObject account = account("jan", "correct horse", "J");
      problem(strict.post("/v1/accounts", null, account), 403, "forbidden");
      problem(
          strict.post("/v1/sessions", null, credentials("jan", "correct horse")), 403, "forbidden");
      assertThat(strict.post("/v1/sessions", null, identity("good")).statusCode()).isEqualTo(201);
    }
  }

  @Test
  void whoSignsInAgainOnADeviceLeavesNoTokenOfTheFirstTimeGood() {
    edge.post("/v1/accounts", null, account("lea", "correct horse", "L"));
    JsonObject claim = credentials("lea", "correct horse");
    claim.getJsonObject("device").put("deviceId", "leas");
    String first =
        edge.post("/v1/sessions", null, claim).bodyAsJsonObject().getString("accessToken");
    String again =
        edge.post("/v1/sessions", null, claim).bodyAsJsonObject().getString("accessToken");

    problem(edge.get("/v1/users/me", first), 401, "unauthenticated");
    assertThat(edge.get("/v1/users/me", again).statusCode()).isEqualTo(200);
  }

  @Test
  void whoComesAndGoesIsWrittenDownWithoutSecrets() {
    edge.audited.clear();
    edge.post("/v1/accounts", null, account("kai", "correct horse", "K"));
    signIn("kai", "wrong horse");
    JsonObject session = signIn("kai", "correct horse").bodyAsJsonObject();
    String token = session.getString("accessToken");
    JsonObject other = signIn("kai", "correct horse").bodyAsJsonObject();
    edge.call(HttpMethod.DELETE, "/v1/devices/" + other.getString("deviceId"), token, null);
    refresh(session.getString("refreshToken"));
    refresh(session.getString("refreshToken"));

    assertThat(edge.audited)
        .extracting(event -> event.action().word() + " " + event.actor() + " " + event.outcome())
        .containsExactly(
            "account.created u-kai done",
            "session.refused kai unauthenticated",
            "session.created u-kai done",
            "session.created u-kai done",
            "device.removed u-kai done",
            "session.replayed u-kai done");
    assertThat(edge.audited)
        .allSatisfy(event -> assertThat(event.details()).containsEntry("from", "127.0.0.1"));
    assertThat(edge.audited.toString())
        .doesNotContain(" horse", token, session.getString("refreshToken"));
  }

  @Test
  void findsAndRenamesUsers() {
    String token = edge.signedIn("fritz");
    edge.signedIn("frieda");
    String longest = "o".repeat(62);
    edge.signedIn(longest);

    assertThat(items("/v1/users?query=FR", token)).isEqualTo(2);
    assertThat(items("/v1/users?query=fri&limit=1", token)).isEqualTo(1);
    assertThat(items("/v1/users?query=" + longest, token)).isEqualTo(1);
    assertThat(items("/v1/users?query=%C3%A4%25", token)).isZero();
    problem(edge.get("/v1/users", token), 400, "bad_request");
    problem(edge.get("/v1/users?query=fr&limit=0", token), 400, "bad_request");
    problem(edge.get("/v1/users?query=fr&limit=x", token), 400, "bad_request");
    problem(edge.get("/v1/users?query=a&query=b", token), 400, "bad_request");
    problem(edge.get("/v1/users/u-nobody", token), 404, "not_found");
    problem(edge.get("/v1/users/a%20b", token), 404, "not_found");

    HttpResponse<Buffer> renamed =
        edge.call(
            HttpMethod.PATCH, "/v1/users/me", token, new JsonObject().put("displayName", "Fritze"));
    assertThat(renamed.bodyAsJsonObject().getString("displayName")).isEqualTo("Fritze");
    assertThat(edge.get("/v1/users/u-fritz", token).bodyAsJsonObject())
        .isEqualTo(renamed.bodyAsJsonObject());
  }

  private static int items(String path, String token) {
    HttpResponse<Buffer> answer = edge.get(path, token);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.bodyAsJsonObject().getJsonArray("items").size();
  }

  private static void wrongAccount(JsonObject body, String field) {
    HttpResponse<Buffer> answer = edge.post("/v1/accounts", null, body);
    problem(answer, 400, "bad_request");
    assertThat(answer.bodyAsJsonObject().getString("detail")).startsWith(field);
  }

  private static CloseDevice closed(String deviceId) throws InterruptedException {
    while (true) {
      CloseDevice close = (CloseDevice) edge.toGateways.poll(5, TimeUnit.SECONDS);
      assertThat(close).as("a CloseDevice for " + deviceId).isNotNull();
      if (close.deviceId().value().equals(deviceId)) {
        return close;
      }
    }
  }

  private static HttpResponse<Buffer> signIn(String handle, String password) {
    return edge.post("/v1/sessions", null, credentials(handle, password));
  }

  private static JsonObject credentials(String handle, String password) {
    return new JsonObject()
        .put("handle", handle)
        .put("password", password)
        .put("device", new JsonObject().put("name", "test").put("platform", "test"));
  }

  private static JsonObject identity(String token) {
    return new JsonObject().put("identityToken", token);
  }

  private static HttpResponse<Buffer> refresh(String token) {
    return edge.post("/v1/sessions/refresh", null, new JsonObject().put("refreshToken", token));
  }

  private static HttpResponse<Buffer> refresh(String token, String renewalId) {
    return edge.post(
        "/v1/sessions/refresh",
        null,
        new JsonObject().put("refreshToken", token).put("renewalId", renewalId));
  }

  private static JsonObject account(String handle, String password, String displayName) {
    return new JsonObject()
        .put("handle", handle)
        .put("password", password)
        .put("displayName", displayName);
  }
}

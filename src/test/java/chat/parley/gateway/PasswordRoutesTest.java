package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One's own password, and what an admin may do to somebody's account. */
class PasswordRoutesTest {
  private static final String OLD = "correct horse";
  private static final String NEW = "wrong donkey";
  private static final String ANNA = "/v1/admin/users/u-anna";

  @TempDir private Path folder;
  private EdgeServer edge;

  @BeforeEach
  void open() {
    edge = new EdgeServer(folder);
    edge.post("/v1/accounts", null, credentials(OLD));
    edge.audited.clear();
  }

  @AfterEach
  void close() {
    edge.devices.afterSignIn = () -> {};
    edge.close();
  }

  @Test
  void aNewPasswordIsGoodAtOnceAndOtherDevicesAreOut() {
    JsonObject here = signedIn(OLD);
    JsonObject there = signedIn(OLD);

    assertThat(change(here, OLD, NEW).statusCode()).isEqualTo(204);

    assertThat(isIn(here)).isTrue();
    assertThat(isIn(there)).isFalse();
    problem(
        edge.post(
            "/v1/sessions/refresh",
            null,
            new JsonObject().put("refreshToken", there.getString("refreshToken"))),
        401,
        "unauthenticated");
    problem(signIn(OLD), 401, "unauthenticated");
    assertThat(signIn(NEW).statusCode()).isEqualTo(201);
  }

  @Test
  void aWrongOrUnfitPasswordChangesNothing() {
    JsonObject here = signedIn(OLD);
    JsonObject there = signedIn(OLD);

    problem(change(here, NEW, NEW), 403, "forbidden");
    problem(change(here, OLD, "short"), 400, "bad_request");
    problem(change(here, OLD, null), 400, "bad_request");
    problem(edge.call(HttpMethod.PUT, PasswordRoutes.PATH, null, null), 401, "unauthenticated");

    assertThat(isIn(there)).isTrue();
    assertThat(signIn(OLD).statusCode()).isEqualTo(201);
    assertThat(edge.audited)
        .extracting(event -> event.action().word())
        .contains("password.refused")
        .doesNotContain("password.changed");
  }

  @Test
  void whoComesInWithTheOldPasswordWhileItIsChangedIsNotIn() {
    edge.devices.afterSignIn =
        () -> edge.accounts.setPassword(new UserId("u-anna"), hash(), "another hash").result();

    problem(signIn(OLD), 401, "unauthenticated");
    assertThat(edge.devices.of(new UserId("u-anna")).result()).isEmpty();
  }

  @Test
  void anAccountOfTheProviderHasNoPasswordToChange() {
    edge.accounts.adopt(new UserId("u-anna"), "anna", "Anna");
    String token = edge.signedIn("root");
    String own = edge.signedIn(new UserId("u-anna"), new DeviceId("d"));
    JsonObject session = new JsonObject().put("accessToken", own);

    problem(change(session, OLD, NEW), 409, "conflict");
    problem(admin(HttpMethod.PUT, "/password", token, wish(NEW)), 409, "conflict");
  }

  @Test
  void anAdminGivesAnotherPasswordAndEverybodyIsOut() {
    JsonObject session = signedIn(OLD);

    assertThat(admin(HttpMethod.PUT, "/password", edge.signedIn("root"), wish(NEW)).statusCode())
        .isEqualTo(204);

    assertThat(isIn(session)).isFalse();
    problem(signIn(OLD), 401, "unauthenticated");
    assertThat(signIn(NEW).statusCode()).isEqualTo(201);
  }

  @Test
  void whoIsSuspendedIsOutAndComesBackOnlyOnceRestored() {
    String root = edge.signedIn("root");
    JsonObject session = signedIn(OLD);

    assertThat(admin(HttpMethod.PUT, "/suspension", root, null).statusCode()).isEqualTo(204);

    assertThat(isIn(session)).isFalse();
    problem(signIn(OLD), 403, "forbidden");
    problem(signIn(NEW), 401, "unauthenticated");
    JsonObject shown = admin(HttpMethod.GET, "", root, null).bodyAsJsonObject();
    assertThat(shown.getBoolean("suspended")).isTrue();
    assertThat(shown.getInteger("devices")).isZero();

    assertThat(admin(HttpMethod.DELETE, "/suspension", root, null).statusCode()).isEqualTo(204);
    assertThat(signIn(OLD).statusCode()).isEqualTo(201);
    assertThat(admin(HttpMethod.GET, "", root, null).bodyAsJsonObject())
        .isEqualTo(
            new JsonObject()
                .put("userId", "u-anna")
                .put("handle", "anna")
                .put("displayName", "Anna")
                .put("suspended", false)
                .put("hasPassword", true)
                .put("devices", 1));
  }

  @Test
  void whoComesInWhileTheyAreSuspendedIsNotIn() {
    edge.devices.afterSignIn = () -> edge.accounts.suspend(new UserId("u-anna"), true).result();

    problem(signIn(OLD), 403, "forbidden");
    assertThat(edge.devices.of(new UserId("u-anna")).result()).isEmpty();
  }

  @Test
  void aChangeWhoseAnswerWasLostIsFoundDone() {
    JsonObject here = signedIn(OLD);
    assertThat(change(here, OLD, NEW).statusCode()).isEqualTo(204);
    JsonObject other = signedIn(NEW);

    assertThat(change(here, OLD, NEW).statusCode()).isEqualTo(204);
    assertThat(isIn(other)).isFalse();
    assertThat(isIn(here)).isTrue();
  }

  @Test
  void whoeverIsSuspendedRenewsNothingThoughTheirDeviceIsStillThere() {
    JsonObject session = signedIn(OLD);
    edge.accounts.suspend(new UserId("u-anna"), true).result();

    problem(
        edge.post(
            "/v1/sessions/refresh",
            null,
            new JsonObject().put("refreshToken", session.getString("refreshToken"))),
        401,
        "unauthenticated");
    assertThat(edge.devices.of(new UserId("u-anna")).result()).isEmpty();
  }

  @Test
  void anAdminWhoIsSuspendedUndoesNothingAndNoneResetsTheirOwnPassword() {
    String root = edge.signedIn("root");
    String own = "/v1/admin/users/me";
    problem(edge.call(HttpMethod.PUT, own + "/password", root, wish(NEW)), 409, "conflict");
    edge.accounts.suspend(new UserId("u-root"), true).result();

    problem(edge.call(HttpMethod.DELETE, own + "/suspension", root, null), 403, "forbidden");
    problem(admin(HttpMethod.PUT, "/password", root, wish(NEW)), 403, "forbidden");
  }

  @Test
  void anAdminSignsSomebodyOutEverywhere() {
    JsonObject one = signedIn(OLD);
    JsonObject other = signedIn(OLD);

    assertThat(admin(HttpMethod.DELETE, "/sessions", edge.signedIn("root"), null).statusCode())
        .isEqualTo(204);

    assertThat(isIn(one)).isFalse();
    assertThat(isIn(other)).isFalse();
    assertThat(signIn(OLD).statusCode()).isEqualTo(201);
  }

  @Test
  void nobodyElseDoesAnyOfItAndNobodySuspendsThemselves() {
    String own = signedIn(OLD).getString("accessToken");
    problem(admin(HttpMethod.GET, "", own, null), 403, "forbidden");
    problem(admin(HttpMethod.PUT, "/suspension", own, null), 403, "forbidden");
    String root = edge.signedIn("root");
    for (String self : new String[] {"me", "u-root"}) {
      problem(
          edge.call(HttpMethod.PUT, "/v1/admin/users/" + self + "/suspension", root, null),
          409,
          "conflict");
    }
    problem(edge.get("/v1/admin/users/u-nobody", root), 404, "not_found");
    assertThat(edge.audited)
        .extracting(event -> event.action().word())
        .doesNotContain("user.suspended");
  }

  @Test
  void eachActIsWrittenDownWithWhoAndWhomAndNoPassword() {
    String root = edge.signedIn("root");
    JsonObject session = signedIn(OLD);
    change(session, OLD, NEW);
    admin(HttpMethod.PUT, "/password", root, wish(OLD));
    admin(HttpMethod.DELETE, "/sessions", root, null);
    admin(HttpMethod.PUT, "/suspension", root, null);
    admin(HttpMethod.DELETE, "/suspension", root, null);

    assertThat(edge.audited)
        .extracting(
            event ->
                event.action().word() + " " + event.actor() + " " + event.details().get("user"))
        .containsSubsequence(
            "password.changed u-anna null",
            "password.reset u-root u-anna",
            "user.signed-out u-root u-anna",
            "user.suspended u-root u-anna",
            "user.restored u-root u-anna");
    assertThat(edge.audited.toString()).doesNotContain(OLD, NEW);
  }

  private HttpResponse<Buffer> admin(
      HttpMethod method, String what, String token, JsonObject body) {
    return edge.call(method, ANNA + what, token, body);
  }

  private HttpResponse<Buffer> change(JsonObject session, String current, String wished) {
    return edge.call(
        HttpMethod.PUT,
        PasswordRoutes.PATH,
        session.getString("accessToken"),
        new JsonObject().put("currentPassword", current).put("newPassword", wished));
  }

  private String hash() {
    return edge.accounts.credentialsOf("anna").result().orElseThrow().passwordHash();
  }

  private static JsonObject wish(String password) {
    return new JsonObject().put("newPassword", password);
  }

  private boolean isIn(JsonObject session) {
    int status = edge.get("/v1/users/me", session.getString("accessToken")).statusCode();
    assertThat(status).isIn(200, 401);
    return status == 200;
  }

  private JsonObject signedIn(String password) {
    HttpResponse<Buffer> answer = signIn(password);
    assertThat(answer.statusCode()).isEqualTo(201);
    return answer.bodyAsJsonObject();
  }

  private HttpResponse<Buffer> signIn(String password) {
    return edge.post("/v1/sessions", null, credentials(password));
  }

  private static JsonObject credentials(String password) {
    return new JsonObject()
        .put("handle", "anna")
        .put("displayName", "Anna")
        .put("password", password);
  }
}

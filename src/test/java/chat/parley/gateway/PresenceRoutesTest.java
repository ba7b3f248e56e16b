package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.PresenceMessages.Show;
import chat.parley.bus.PresenceMessages.Sights;
import chat.parley.bus.PresenceMessages.SightsQuery;
import chat.parley.bus.PresenceMessages.Stored;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Presence by REST, and whom one lets see it. */
class PresenceRoutesTest {
  private static final UserId BEN = new UserId("u-ben");
  private static final UserId CARL = new UserId("u-carl");
  private static final UserId DORA = new UserId("u-dora");

  @TempDir private Path folder;
  private EdgeServer edge;
  private String token;

  @BeforeEach
  void start() {
    edge = new EdgeServer(folder);
    token = edge.signedIn("anna");
  }

  @AfterEach
  void stop() {
    edge.close();
  }

  @Test
  void showsThoseAloneWhoLetThemselvesBeSeen() {
    edge.presences.at("n2").say(List.of(BEN, CARL, DORA), PresenceStatus.AWAY);
    edge.presences.visibleTo.put(BEN, PresenceVisibility.EVERYONE);
    edge.presences.visibleTo.put(DORA, PresenceVisibility.NOBODY);
    assertThat(presence("u-ben,u-carl,u-dora,nobody").encode())
        .isEqualTo(
            "{\"u-ben\":{\"status\":\"away\",\"lastSeenAt\":null},"
                + "\"u-carl\":{\"status\":\"offline\",\"lastSeenAt\":null},"
                + "\"u-dora\":{\"status\":\"offline\",\"lastSeenAt\":null},"
                + "\"nobody\":{\"status\":\"offline\",\"lastSeenAt\":null}}");
  }

  @Test
  void showsWhenSomebodyWasSeenLastToThoseWhoShareAConversation() {
    edge.presence =
        message ->
            Future.succeededFuture(
                new Sights(
                    ((SightsQuery) message)
                        .unknown().stream()
                            .map(user -> new Stored(user, PresenceVisibility.SHARED, 86_400_000))
                            .toList(),
                    List.of(BEN)));
    assertThat(presence("u-ben,u-carl").encode())
        .isEqualTo(
            "{\"u-ben\":{\"status\":\"offline\",\"lastSeenAt\":\"1970-01-02T00:00:00.000Z\"},"
                + "\"u-carl\":{\"status\":\"offline\",\"lastSeenAt\":null}}");
  }

  @Test
  void whereItCannotBeKnownNobodyIsShown() {
    edge.presence =
        message -> Future.failedFuture(new FailureException(Failure.UNAVAILABLE, "away"));
    assertThat(edge.get("/v1/presence?userIds=u-ben", token).statusCode()).isEqualTo(503);
    edge.presences.away = true;
    assertThat(edge.get("/v1/presence?userIds=u-ben", token).statusCode()).isEqualTo(503);
  }

  @Test
  void saysWhatIsWrong() {
    assertThat(edge.get("/v1/presence?userIds=u-ben", null).statusCode()).isEqualTo(401);
    for (String query :
        List.of("", "?userIds=", "?userIds=a,,b", "?userIds=a%20b", "?userIds=a&userIds=b")) {
      HttpResponse<Buffer> answer = edge.get("/v1/presence" + query, token);
      assertThat(answer.statusCode()).as(query).isEqualTo(400);
      assertThat(answer.bodyAsJsonObject().getString("code")).isEqualTo("bad_request");
    }
    assertThat(edge.get("/v1/presence?userIds=" + "a,".repeat(99) + "a", token).statusCode())
        .isEqualTo(200);
    assertThat(edge.get("/v1/presence?userIds=" + "a,".repeat(100) + "a", token).statusCode())
        .isEqualTo(400);
  }

  @Test
  void onesOwnProfileSaysWhoSeesOneAndNobodyElses() {
    edge.signedIn("ben");
    assertThat(edge.get("/v1/users/me", token).bodyAsJsonObject().getString("presenceVisibleTo"))
        .isEqualTo("shared");
    assertThat(edge.get("/v1/users/u-ben", token).bodyAsJsonObject().fieldNames())
        .doesNotContain("presenceVisibleTo");

    JsonObject changed = patch(new JsonObject().put("presenceVisibleTo", "nobody"));
    assertThat(changed.getString("presenceVisibleTo")).isEqualTo("nobody");
    assertThat(changed.getString("displayName")).isEqualTo("ANNA");
    assertThat(edge.asked).contains(new Show(new UserId("u-anna"), PresenceVisibility.NOBODY));
    JsonObject both =
        patch(new JsonObject().put("presenceVisibleTo", "everyone").put("displayName", "Anna"));
    assertThat(both.getString("displayName")).isEqualTo("Anna");
    assertThat(both.getString("presenceVisibleTo")).isEqualTo("everyone");

    HttpResponse<Buffer> wrong =
        edge.call(
            HttpMethod.PATCH,
            "/v1/users/me",
            token,
            new JsonObject().put("presenceVisibleTo", "friends"));
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.bodyAsJsonObject().getString("detail"))
        .isEqualTo("presenceVisibleTo must be one of everyone, shared, nobody");
  }

  private JsonObject presence(String users) {
    HttpResponse<Buffer> answer = edge.get("/v1/presence?userIds=" + users, token);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.bodyAsJsonObject();
  }

  private JsonObject patch(JsonObject body) {
    HttpResponse<Buffer> answer = edge.call(HttpMethod.PATCH, "/v1/users/me", token, body);
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.bodyAsJsonObject();
  }
}

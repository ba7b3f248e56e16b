package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages.ChangeOwnSettings;
import chat.parley.bus.InboxMessages.ChangeSettings;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.OwnSettings;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.ReceiptChoice;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mute, archive and pin over HTTP. */
class SettingsRoutesTest {
  private static final ConversationId C1 = new ConversationId("c1");
  private static final long MORNING = Instant.parse("2030-01-31T08:00:00Z").toEpochMilli();

  @TempDir static Path folder;
  private static EdgeServer edge;
  private static String token;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
    token = edge.signedIn("anna");
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void forget() {
    edge.asked.clear();
    edge.inbox =
        change -> Future.succeededFuture(new InboxState(C1, 2, 1, 1, MORNING, true, 0, true));
  }

  @Test
  void whatIsGivenIsChangedAndTheStateAnswered() {
    HttpResponse<Buffer> answer =
        patch("{\"mutedUntil\":\"2030-01-31T08:00:00.000Z\",\"archived\":true,\"pinnedRank\":0}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.bodyAsString())
        .isEqualTo(
            "{\"conversationId\":\"c1\",\"unread\":2,\"mentions\":1,\"readSeq\":1,"
                + "\"mutedUntil\":\"2030-01-31T08:00:00.000Z\",\"archived\":true,\"pinnedRank\":0,"
                + "\"privateReceipts\":true}");
    assertThat(edge.asked.poll()).isEqualTo(change(MORNING, true, 0));
  }

  @Test
  void whatIsLeftOutStaysAndNullClears() {
    patch("{\"archived\":false,\"unknown\":1}");
    assertThat(edge.asked.poll()).isEqualTo(change(null, false, null));
    patch("{\"mutedUntil\":null,\"archived\":null,\"pinnedRank\":null}");
    assertThat(edge.asked.poll()).isEqualTo(change(0L, false, -1));
  }

  @Test
  void receiptsAreKeptPrivateToldOrAsForAll() {
    for (Map.Entry<String, ReceiptChoice> choice :
        Map.of(
                "true", ReceiptChoice.PRIVATE,
                "false", ReceiptChoice.TOLD,
                "null", ReceiptChoice.AS_FOR_ALL)
            .entrySet()) {
      patch("{\"privateReceipts\":" + choice.getKey() + "}");
      assertThat(edge.asked.poll())
          .isEqualTo(
              new ChangeSettings(
                  new UserId("u-anna"),
                  new DeviceId("d-anna"),
                  C1,
                  null,
                  null,
                  null,
                  choice.getValue()));
    }
  }

  @Test
  void whatHoldsForAllConversationsIsAskedAndChanged() {
    UserId anna = new UserId("u-anna");
    edge.inbox = change -> Future.succeededFuture(new OwnSettings(true));
    assertThat(edge.get("/v1/users/me/settings", token).bodyAsString())
        .isEqualTo("{\"privateReceipts\":true}");
    assertThat(edge.asked.poll()).isEqualTo(new ChangeOwnSettings(anna, null));
    assertThat(own("{\"privateReceipts\":true}").statusCode()).isEqualTo(200);
    assertThat(edge.asked.poll()).isEqualTo(new ChangeOwnSettings(anna, true));
    for (String wrong : List.of("{}", "{\"privateReceipts\":null}", "{\"privateReceipts\":1}")) {
      problem(own(wrong), 400, "bad_request");
    }
    assertThat(edge.asked).isEmpty();
  }

  private static HttpResponse<Buffer> own(String body) {
    return edge.call(
        HttpMethod.PATCH,
        "/v1/users/me/settings",
        token,
        Buffer.buffer(body),
        "Content-Type",
        "application/json");
  }

  @Test
  void whatIsNoSettingIsRefusedByName() {
    for (List<String> wrong :
        List.of(
            List.of("{}", "mutedUntil"),
            List.of("{\"unknown\":1}", "pinnedRank"),
            List.of("{\"mutedUntil\":\"tomorrow\"}", "mutedUntil"),
            List.of("{\"mutedUntil\":1893456000000}", "mutedUntil"),
            List.of("{\"mutedUntil\":\"\"}", "mutedUntil"),
            List.of("{\"mutedUntil\":\"1969-12-31T23:59:59Z\"}", "mutedUntil"),
            List.of("{\"mutedUntil\":\"+10000-01-01T00:00:00Z\"}", "mutedUntil"),
            List.of("{\"archived\":\"yes\"}", "archived"),
            List.of("{\"archived\":1}", "archived"),
            List.of("{\"privateReceipts\":\"yes\"}", "privateReceipts"),
            List.of("{\"pinnedRank\":-1}", "pinnedRank"),
            List.of("{\"pinnedRank\":1.5}", "pinnedRank"),
            List.of("{\"pinnedRank\":true}", "pinnedRank"),
            List.of("{\"pinnedRank\":1000001}", "pinnedRank"),
            List.of("{\"archived\":true,\"pinnedRank\":\"1\"}", "pinnedRank"),
            List.of("[]", "object"))) {
      HttpResponse<Buffer> answer = patch(wrong.get(0));
      problem(answer, 400, "bad_request");
      assertThat(answer.bodyAsJsonObject().getString("detail"))
          .as(wrong.get(0))
          .contains(wrong.get(1));
    }
    assertThat(edge.asked).isEmpty();
  }

  @Test
  void whoIsNoMemberIsTold() {
    edge.inbox =
        change -> Future.failedFuture(new FailureException(Failure.NOT_A_MEMBER, "not yours"));
    problem(patch("{\"archived\":true}"), 403, "not_a_member");
  }

  private static HttpResponse<Buffer> patch(String body) {
    return edge.call(
        HttpMethod.PATCH,
        "/v1/conversations/c1/settings",
        token,
        Buffer.buffer(body),
        "Content-Type",
        "application/json");
  }

  private static ChangeSettings change(Long mutedUntil, Boolean archived, Integer pinnedRank) {
    return new ChangeSettings(
        new UserId("u-anna"), new DeviceId("d-anna"), C1, mutedUntil, archived, pinnedRank, null);
  }
}

package chat.parley.gateway;

import static chat.parley.gateway.HttpEdgeTest.problem;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.ChangeAccepted;
import chat.parley.bus.IngestMessages.ChangeMember;
import chat.parley.bus.IngestMessages.ConversationCreated;
import chat.parley.bus.IngestMessages.CreateConversation;
import chat.parley.bus.IngestMessages.MemberAction;
import chat.parley.bus.IngestMessages.UpdateConversation;
import chat.parley.bus.QueryMessages;
import chat.parley.bus.QueryMessages.ChannelsPage;
import chat.parley.bus.QueryMessages.ChannelsQuery;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.InboxItem;
import chat.parley.bus.QueryMessages.InboxPage;
import chat.parley.bus.QueryMessages.InboxQuery;
import chat.parley.bus.QueryMessages.MemberView;
import chat.parley.bus.QueryMessages.MembersPage;
import chat.parley.bus.QueryMessages.MembersQuery;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationSettings;
import chat.parley.model.ConversationType;
import chat.parley.model.DmPair;
import chat.parley.model.HistoryVisibility;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Conversations, inbox and members over HTTP. */
class ConversationRoutesTest {
  private static final UserId ANNA = new UserId("u-anna");
  private static final UserId BERT = new UserId("u-bert");

  @TempDir static Path folder;
  private static EdgeServer edge;
  private static String token;

  @BeforeAll
  static void start() {
    edge = new EdgeServer(folder);
    token = edge.signedIn("anna");
    edge.signedIn("bert");
  }

  @AfterAll
  static void stop() {
    edge.close();
  }

  @BeforeEach
  void forget() {
    edge.asked.clear();
    edge.queries = query -> Future.succeededFuture(view(ConversationType.DM));
  }

  @Test
  void aDmIsMadeOnceAndFoundAfterwards() {
    edge.ingest = made(true);
    HttpResponse<Buffer> first = edge.post("/v1/conversations", token, dm("u-bert"));
    assertThat(first.statusCode()).isEqualTo(201);
    JsonObject json = first.bodyAsJsonObject();
    assertThat(json.getString("type")).isEqualTo("dm");
    assertThat(json.getJsonArray("members").getJsonObject(1).getString("handle")).isEqualTo("bert");
    assertThat(json.getString("createdAt")).isEqualTo("1970-01-01T00:00:07.000Z");
    CreateConversation command = (CreateConversation) edge.asked.poll();
    assertThat(command.conversationId()).isEqualTo(DmPair.idOf(BERT, ANNA));
    assertThat(command.members()).extracting("userId").containsExactly(ANNA, BERT);

    edge.ingest = made(false);
    assertThat(edge.post("/v1/conversations", token, dm("u-bert")).statusCode()).isEqualTo(200);
    JsonObject bothNamed =
        dm("u-bert").put("memberIds", new JsonArray().add("u-anna").add("u-bert"));
    assertThat(edge.post("/v1/conversations", token, bothNamed).statusCode()).isEqualTo(200);
  }

  @Test
  void whoMakesAConversationChoosesWhatItsAcksPromise() {
    edge.ingest = made(true);
    JsonObject group = new JsonObject().put("type", "group");

    for (JsonObject wanted : List.of(dm("u-bert"), group)) {
      assertThat(ackModeOf(wanted)).isEqualTo(AckMode.PERSISTED);
      assertThat(ackModeOf(wanted.copy().put("ackMode", "buffered"))).isEqualTo(AckMode.BUFFERED);
    }
  }

  private static AckMode ackModeOf(JsonObject wanted) {
    edge.asked.clear();
    assertThat(edge.post("/v1/conversations", token, wanted).statusCode()).isEqualTo(201);
    return ((CreateConversation) edge.asked.poll()).ackMode();
  }

  @Test
  void aGroupHasItsCreatorFirstAndEachMemberOnce() {
    edge.ingest = made(true);
    JsonObject group =
        new JsonObject()
            .put("type", "group")
            .put("title", " Team ")
            .put("unknown", true)
            .put("memberIds", new JsonArray().add("u-bert").add("u-anna").add("u-bert"));
    assertThat(edge.post("/v1/conversations", token, group).statusCode()).isEqualTo(201);
    CreateConversation command = (CreateConversation) edge.asked.poll();
    assertThat(command.title()).isEqualTo("Team");
    assertThat(command.members()).extracting("userId").containsExactly(ANNA, BERT);
    assertThat(command.members().get(1).displayName()).isEqualTo("BERT");
  }

  @Test
  void whatIsNoConversationIsRefusedBeforeAnythingIsDone() {
    JsonObject group = new JsonObject().put("type", "group");
    refused(new JsonObject(), "type");
    refused(new JsonObject().put("type", 1), "type");
    refused(new JsonObject().put("type", "channel").put("title", ""), "title");
    refused(new JsonObject().put("type", "dm"), "dm");
    refused(dm("u-anna"), "dm");
    refused(dm("u-nobody"), "u-nobody");
    refused(dm("u-bert").put("memberIds", "u-bert"), "memberIds");
    refused(dm("u-bert").put("memberIds", new JsonArray().add(1)), "memberIds[0]");
    refused(dm("u-bert").put("memberIds", new JsonArray().add("u-bert").add("x")), "dm");
    refused(dm("u-bert").put("ackMode", "none"), "ackMode");
    refused(group.copy().put("title", "x".repeat(201)), "title");
    refused(group.copy().put("title", 5), "title");
    refused(
        group.copy().put("memberIds", new JsonArray(Collections.nCopies(257, "u-bert"))),
        "memberIds");
    assertThat(edge.asked).isEmpty();
  }

  @Test
  void failuresBehindTheBusKeepTheirCodes() {
    edge.queries =
        query -> Future.failedFuture(new FailureException(Failure.NOT_A_MEMBER, "not yours"));
    problem(edge.get("/v1/conversations/c1", token), 403, "not_a_member");
    edge.queries =
        query -> Future.failedFuture(new FailureException(Failure.OVERLOADED, "busy", 1_500));
    HttpResponse<Buffer> busy = edge.get("/v1/conversations/c1", token);
    problem(busy, 503, "overloaded");
    assertThat(busy.getHeader("Retry-After")).isEqualTo("2");
    assertThat(busy.bodyAsJsonObject().getLong("retryAfterMs")).isEqualTo(1_500);
    edge.queries = query -> Future.failedFuture(new IllegalStateException("secret cause"));
    HttpResponse<Buffer> broken = edge.get("/v1/conversations/c1", token);
    problem(broken, 500, "unavailable");
    assertThat(broken.bodyAsString()).doesNotContain("secret");
  }

  @Test
  void aTitleIsSet() {
    edge.ingest = command -> Future.succeededFuture(new ChangeAccepted(4, 3, true));
    HttpResponse<Buffer> answer =
        edge.call(
            HttpMethod.PATCH, "/v1/conversations/c1", token, new JsonObject().put("title", "New"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(edge.asked.poll())
        .isEqualTo(
            new UpdateConversation(
                new ConversationId("c1"), ANNA, ConversationPatch.ofTitle("New")));
    problem(
        edge.call(HttpMethod.PATCH, "/v1/conversations/c1", token, new JsonObject()),
        400,
        "bad_request");
  }

  @Test
  void settingsAreSetTogetherAndEachIsChecked() {
    edge.ingest = command -> Future.succeededFuture(new ChangeAccepted(4, 3, true));
    JsonObject wanted =
        new JsonObject()
            .put("topic", " Tea ")
            .put("avatarColor", "#00ff7f")
            .put("slowModeSeconds", 30)
            .put("history", "all")
            .put("memberLimit", 12);
    assertThat(patch(wanted).statusCode()).isEqualTo(200);
    assertThat(((UpdateConversation) edge.asked.poll()).patch())
        .isEqualTo(new ConversationPatch(null, "Tea", "#00ff7f", 30, HistoryVisibility.ALL, 12));
    assertThat(patch(new JsonObject().put("topic", "")).statusCode()).isEqualTo(200);

    unsettable("title", "");
    unsettable("title", "x".repeat(201));
    unsettable("title", "left \u202Ethgir");
    unsettable("topic", "x".repeat(501));
    unsettable("topic", "two\nlines");
    unsettable("topic", "isolated \u2067 text");
    unsettable("avatarColor", "red");
    unsettable("slowModeSeconds", -1);
    unsettable("slowModeSeconds", 21_601);
    unsettable("slowModeSeconds", 1.5);
    unsettable("history", "some");
    unsettable("memberLimit", "many");
  }

  private static void unsettable(String field, Object value) {
    HttpResponse<Buffer> answer = patch(new JsonObject().put(field, value));
    problem(answer, 400, "bad_request");
    assertThat(answer.bodyAsJsonObject().getString("detail")).contains(field);
  }

  private static HttpResponse<Buffer> patch(JsonObject wanted) {
    return edge.call(HttpMethod.PATCH, "/v1/conversations/c1", token, wanted);
  }

  @Test
  void aChannelIsMadeWithATitleAndFoundByAnybody() {
    edge.ingest = made(true);
    edge.queries = query -> Future.succeededFuture(view(ConversationType.CHANNEL));
    JsonObject channel =
        new JsonObject().put("type", "channel").put("title", "Tea").put("topic", "Cake");
    assertThat(edge.post("/v1/conversations", token, channel).statusCode()).isEqualTo(201);
    CreateConversation command = (CreateConversation) edge.asked.poll();
    assertThat(command.type()).isEqualTo(ConversationType.CHANNEL);
    assertThat(command.settings().topic()).isEqualTo("Cake");
    edge.asked.clear();

    edge.queries =
        query ->
            Future.succeededFuture(new ChannelsPage(List.of(view(ConversationType.CHANNEL)), "on"));
    HttpResponse<Buffer> found =
        edge.get("/v1/conversations?type=channel&query=te%20ca&limit=7&cursor=abc", token);
    assertThat(edge.asked.poll()).isEqualTo(new ChannelsQuery(ANNA, "te ca", "abc", 7));
    JsonObject item = found.bodyAsJsonObject().getJsonArray("items").getJsonObject(0);
    assertThat(item.getJsonObject("conversation").getString("type")).isEqualTo("channel");
    assertThat(found.bodyAsJsonObject().getString("nextCursor")).isEqualTo("on");
    problem(edge.get("/v1/conversations?type=group", token), 400, "bad_request");
  }

  @Test
  void theInboxShowsNamesAndPages() {
    edge.queries =
        query ->
            Future.succeededFuture(
                new InboxPage(
                    List.of(
                        new InboxItem(
                            view(ConversationType.DM),
                            3,
                            4,
                            null,
                            new InboxState(
                                new ConversationId("c1"), 2, 1, 1, 5_000, true, 7, null))),
                    "next"));
    HttpResponse<Buffer> answer = edge.get("/v1/conversations?cursor=abc&limit=1000", token);
    JsonObject item = answer.bodyAsJsonObject().getJsonArray("items").getJsonObject(0);
    assertThat(item.getJsonObject("conversation").getJsonArray("members")).hasSize(2);
    assertThat(item.getLong("unread")).isEqualTo(2);
    assertThat(item.getInteger("mentions")).isEqualTo(1);
    assertThat(item.containsKey("lastMessage")).isTrue();
    assertThat(item.getLong("readSeq")).isEqualTo(1);
    assertThat(item.getString("mutedUntil")).isEqualTo("1970-01-01T00:00:05.000Z");
    assertThat(item.getBoolean("archived")).isTrue();
    assertThat(item.getInteger("pinnedRank")).isEqualTo(7);
    assertThat(answer.bodyAsJsonObject().getString("nextCursor")).isEqualTo("next");
    assertThat(edge.asked.poll()).isEqualTo(new InboxQuery(ANNA, "abc", 100));
  }

  @Test
  void membersAreListedJoinedChangedAndRemoved() {
    edge.queries =
        query ->
            Future.succeededFuture(
                new MembersPage(List.of(new MemberView(BERT, Role.ADMIN, 2)), null));
    JsonObject page = edge.get("/v1/conversations/c1/members", token).bodyAsJsonObject();
    assertThat(page.getJsonArray("items").getJsonObject(0).encode())
        .isEqualTo(
            "{\"userId\":\"u-bert\",\"handle\":\"bert\",\"displayName\":\"BERT\","
                + "\"role\":\"admin\",\"joinedChangeSeq\":2}");
    assertThat(page.containsKey("nextCursor")).isTrue();
    assertThat(edge.asked.poll())
        .isEqualTo(new MembersQuery(ANNA, new ConversationId("c1"), null, 100));

    edge.ingest = command -> Future.succeededFuture(new ChangeAccepted(5, 3, false));
    String bert = "/v1/conversations/c1/members/u-bert";
    assertThat(
            edge.call(HttpMethod.PUT, bert, token, new JsonObject().put("role", "readonly"))
                .bodyAsJsonObject()
                .getLong("changeSeq"))
        .isEqualTo(5);
    assertThat(((ChangeMember) edge.asked.poll()).action()).isEqualTo(MemberAction.JOIN);
    ChangeMember second = (ChangeMember) edge.asked.poll();
    assertThat(second.action()).isEqualTo(MemberAction.CHANGE_ROLE);
    assertThat(second.role()).isEqualTo(Role.READONLY);

    assertThat(edge.call(HttpMethod.PUT, bert, token, null).statusCode()).isEqualTo(200);
    assertThat(((ChangeMember) edge.asked.poll()).action()).isEqualTo(MemberAction.JOIN);
    assertThat(edge.asked).isEmpty();

    assertThat(edge.call(HttpMethod.DELETE, bert, token, null).statusCode()).isEqualTo(204);
    ChangeMember left = (ChangeMember) edge.asked.poll();
    assertThat(left.action()).isEqualTo(MemberAction.LEAVE);
    assertThat(left.role()).isNull();
    problem(
        edge.call(HttpMethod.PUT, bert, token, new JsonObject().put("role", "king")),
        400,
        "bad_request");
    problem(
        edge.call(HttpMethod.PUT, "/v1/conversations/c1/members/u-x", token, null),
        404,
        "not_found");
  }

  private static Function<IngestMessages, Future<? extends IngestMessages>> made(boolean created) {
    return command ->
        Future.succeededFuture(
            new ConversationCreated(((CreateConversation) command).conversationId(), created));
  }

  private static void refused(JsonObject body, String inDetail) {
    HttpResponse<Buffer> answer = edge.post("/v1/conversations", token, body);
    problem(answer, 400, "bad_request");
    assertThat(answer.bodyAsJsonObject().getString("detail")).contains(inDetail);
  }

  private static JsonObject dm(String userId) {
    return new JsonObject().put("type", "dm").put("memberIds", new JsonArray().add(userId));
  }

  private static QueryMessages.ConversationView view(ConversationType type) {
    return new ConversationView(
        new ConversationId("c1"),
        type,
        null,
        ANNA,
        7_000,
        AckMode.PERSISTED,
        2,
        List.of(ANNA, BERT),
        ConversationSettings.NONE,
        Role.MEMBER);
  }
}

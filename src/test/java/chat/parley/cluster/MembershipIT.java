package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ChatClient;
import chat.parley.client.Conversation;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Source;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Crowd.Somebody;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Coming, going, roles, what of the past is shown to whom, and what can be set. */
class MembershipIT {
  private static Crowd crowd;
  private static Somebody ada;
  private static Somebody bob;
  private static Somebody eve;

  @BeforeAll
  static void threePeople() {
    crowd = new Crowd(SharedServer.get());
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
    eve = crowd.somebody("eve");
  }

  @AfterAll
  static void theyGo() {
    crowd.close();
  }

  @Test
  void aChannelIsFoundByItsWordsJoinedReadFromItsBeginningAndLeft() {
    String word = word();
    String id = channel("Tea " + word);
    send(ada, id, "before");
    assertThat(found(bob, word.substring(0, 9) + " te")).containsExactly(id);
    assertThat(found(bob, "cake " + word)).isEmpty();
    Conversation seen = Await.join(bob.api().conversation(id));
    assertThat(seen.memberCount()).isEqualTo(1);
    refused(bob.api().changes(id, 0, 10), 403, "not_a_member");
    refused(bob.api().postMessage(id, "x", "x"), 403, "not_a_member");
    refused(bob.api().members(id), 403, "not_a_member");
    refused(bob.api().receipts(id, 1), 403, "not_a_member");
    JsonObject archived = new JsonObject().put("archived", true);
    refused(bob.api().changeSettings(id, archived), 403, "not_a_member");

    join(bob, id);
    join(bob, id);
    assertThat(numbers(Await.join(bob.api().changes(id, 0, 10)))).containsExactly(1L, 2L, 3L);
    assertThat(Await.join(bob.api().historyBefore(id, -1, 10)).items()).hasSize(1);
    assertThat(Await.join(bob.api().conversation(id)).memberCount()).isEqualTo(2);
    assertThat(Await.join(bob.api().members(id)))
        .extracting("userId", "role")
        .containsExactlyInAnyOrder(tuple(ada.userId(), "owner"), tuple(bob.userId(), "member"));

    Await.join(bob.api().deleteMember(id, "me"));
    send(ada, id, "after");
    assertThat(around(id, 2, 1).getBoolean("hasMore")).isTrue();
    assertThat(around(id, Long.MAX_VALUE, 1).getJsonArray("items")).hasSize(1);
    assertThat(numbers(Await.join(bob.api().changes(id, 0, 10)))).containsExactly(1L, 2L, 3L, 4L);
    refused(bob.api().read(id, 1), 403, "not_a_member");
    refused(bob.api().deleteMember(id, "me"), 403, "not_a_member");
  }

  @Test
  void aChannelThatIsRenamedIsFoundByItsNewNameOnly() {
    String before = word();
    String after = word();
    String id = channel(before);
    Await.join(ada.api().setTitle(id, after));
    assertThat(found(bob, before)).isEmpty();
    assertThat(found(bob, after)).containsExactly(id);
  }

  @Test
  void aChannelWithoutATitleIsJoinedByItsIdAndFoundWhenItGetsOne() {
    JsonObject asked = new JsonObject().put("type", "channel").put("memberIds", new JsonArray());
    JsonObject made = Await.join(ada.api().call(HttpMethod.POST, "/v1/conversations", asked));
    String id = made.getString("conversationId");
    join(bob, id);
    String word = word();
    Await.join(ada.api().setTitle(id, word));
    assertThat(found(eve, word)).containsExactly(id);
  }

  private static JsonObject around(String id, long changeSeq, int limit) {
    String path = "/v1/conversations/" + id + "/messages?around=" + changeSeq + "&limit=" + limit;
    return Await.join(ada.api().call(HttpMethod.GET, path, null));
  }

  private static List<String> found(Somebody who, String words) {
    return Await.join(who.api().channels(words)).stream()
        .map(Conversation::conversationId)
        .toList();
  }

  @Test
  void aGroupShowsWhatPassedWhileOneWasThereUntilItIsSetToShowAll() {
    String id = group(ada, bob);
    send(ada, id, "first");
    add(ada, id, eve);
    assertThat(numbers(Await.join(eve.api().changes(id, 0, 10)))).containsExactly(4L);
    Await.join(ada.api().deleteMember(id, eve.userId()));
    Ack between = send(ada, id, "between");
    add(ada, id, eve);
    assertThat(numbers(Await.join(eve.api().changes(id, 0, 10)))).containsExactly(4L, 5L, 7L);
    refused(eve.api().message(between.messageId()), 404, "not_found");
    refused(reply(eve, id, between.messageId()), 400, "bad_request");
    refused(eve.api().update(id, new JsonObject().put("history", "all")), 403, "forbidden");

    Await.join(ada.api().update(id, new JsonObject().put("history", "all")));
    assertThat(numbers(Await.join(eve.api().changes(id, 0, 10))))
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
    assertThat(Await.join(eve.api().message(between.messageId())).text()).isEqualTo("between");
    Await.join(reply(eve, id, between.messageId()));

    Await.join(ada.api().update(id, new JsonObject().put("history", "joined")));
    refused(eve.api().message(between.messageId()), 404, "not_found");
  }

  private static Future<JsonObject> reply(Somebody who, String id, String to) {
    return who.api()
        .call(
            HttpMethod.POST,
            "/v1/messages",
            new JsonObject()
                .put("conversationId", id)
                .put("clientMsgId", word())
                .put("body", new JsonObject().put("text", "re"))
                .put("replyTo", to));
  }

  /** A live device, and one that comes back: neither is told of the time between. */
  @Test
  void whoWasAwayIsToldNothingOfTheTimeBetweenHoweverMuchMayBeRead() {
    String id = channel(word());
    Shown live = new Shown(id);
    Shown late = new Shown(id);
    ChatClient device = crowd.connect(bob.api(), Map.of(), live);
    ParleyApi second = bob.signIn("second");
    join(bob, id);
    send(ada, id, "one");
    Await.join(bob.api().deleteMember(id, "me"));
    send(ada, id, "between");
    send(ada, id, "between too");
    join(bob, id);
    send(ada, id, "two");

    live.await(2L, 3L, 4L, 7L, 8L);
    ChatClient other = crowd.connect(second, Map.of(id, 3L), late);
    late.await(4L, 7L, 8L);
    assertThat(numbers(Await.join(second.changes(id, 0, 20)))).hasSize(8);
    Await.join(device.close());
    Await.join(other.close());
  }

  @Test
  void whatIsSetIsAChangeThatEverybodyGetsAndIsThereAfterwards() {
    String id = group(ada, bob);
    RawSocket socket = bob.enter();
    JsonObject wanted =
        new JsonObject()
            .put("topic", "Tea and cake")
            .put("avatarColor", "#00ff7f")
            .put("slowModeSeconds", 0)
            .put("memberLimit", 3);
    JsonObject now = Await.join(ada.api().update(id, wanted));
    assertThat(now.getString("topic")).isEqualTo("Tea and cake");
    assertThat(now.getString("history")).isEqualTo("joined");
    assertThat(now.getString("role")).isEqualTo("owner");
    JsonObject change = socket.await("conversation.updated");
    assertThat(change.getJsonObject("conversation"))
        .isEqualTo(
            new JsonObject()
                .put("topic", "Tea and cake")
                .put("avatarColor", "#00ff7f")
                .put("memberLimit", 3));
    assertThat(change.getLong("changeSeq")).isEqualTo(3);
    Await.join(ada.api().update(id, wanted));
    assertThat(Await.join(ada.api().changes(id, 0, 10)).headChangeSeq()).isEqualTo(3);

    add(ada, id, eve);
    refused(ada.api().putMember(id, crowd.somebody("dee").userId(), "member"), 409, "conflict");
    socket.close();
  }

  @Test
  void slowModeSaysHowLongToWaitAndNeverRefusesARetry() {
    String id = group(ada, bob);
    Await.join(ada.api().update(id, new JsonObject().put("slowModeSeconds", 600)));
    Ack first = Await.join(bob.api().postMessage(id, "once", "first"));
    ProblemException slow =
        refused(bob.api().postMessage(id, "twice", "second"), 429, "rate_limited");
    assertThat(slow.retryable()).isTrue();
    assertThat(slow.retryAfterMs()).isBetween(1L, 600_000L);
    assertThat(Await.join(bob.api().postMessage(id, "once", "first")).changeSeq())
        .isEqualTo(first.changeSeq());
    RawSocket socket = bob.enter();
    socket.send(id, "thrice", "third");
    JsonObject error = socket.await("error");
    assertThat(error.getString("code")).isEqualTo("rate_limited");
    assertThat(error.getString("scope")).isEqualTo("conversation");
    assertThat(error.getString("frameId")).isEqualTo("thrice");
    socket.send(id, "once", "first");
    // The device of the socket is the one that sent it: the ack is a replay.
    assertThat(socket.await("ack").getBoolean("replayed")).isTrue();
    send(ada, id, "owners");
    send(ada, id, "do not wait");
    socket.close();
  }

  @Test
  void whoLeavesAsTheLastOwnerIsFollowedByTheHighestRoleThatIsThereLongest() {
    String id = group(ada, bob, eve);
    Await.join(ada.api().putMember(id, eve.userId(), "admin"));
    Await.join(ada.api().deleteMember(id, "me"));
    assertThat(Await.join(eve.api().members(id)))
        .extracting("userId", "role")
        .containsExactlyInAnyOrder(tuple(eve.userId(), "owner"), tuple(bob.userId(), "member"));
    refused(ada.api().deleteMember(id, "me"), 403, "not_a_member");

    Await.join(eve.api().deleteMember(id, "me"));
    assertThat(Await.join(bob.api().members(id))).extracting("role").containsExactly("owner");
    Await.join(bob.api().deleteMember(id, "me"));
  }

  @Test
  void whatNobodyMayDoHasItsOwnAnswer() {
    String id = group(ada, bob, eve);
    Await.join(ada.api().putMember(id, bob.userId(), "admin"));
    refused(bob.api().deleteMember(id, ada.userId()), 403, "forbidden");
    refused(bob.api().putMember(id, ada.userId(), "member"), 403, "forbidden");
    refused(bob.api().putMember(id, eve.userId(), "owner"), 403, "forbidden");
    Await.join(ada.api().deleteMember(id, bob.userId()));
    refused(bob.api().receipts(id, 1), 403, "not_a_member");
    refused(bob.api().read(id, 1), 403, "not_a_member");
    RawSocket socket = bob.enter();
    socket.say("receipt.read", "r", new JsonObject().put("conversationId", id).put("seq", 1));
    assertThat(socket.await("error").getString("code")).isEqualTo("not_a_member");
    // A batch is what a device says that was away: what is no longer its own is passed over.
    Await.join(bob.api().receipts(new JsonObject().put(id, 1), new JsonObject().put(id, 1)));
    socket.close();
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    refused(ada.api().deleteMember(dm, "me"), 403, "forbidden");
    refused(ada.api().setTitle(dm, "Ours"), 403, "forbidden");
  }

  @Test
  void twoWhoWriteToEachOtherAtOnceHaveOneConversation() {
    Somebody one = crowd.somebody("one");
    Somebody two = crowd.somebody("two");
    List<Future<Conversation>> made = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      made.add(one.api().createDm(two.userId()));
      made.add(two.api().createDm(one.userId()));
    }
    Await.join(Future.all(made));
    assertThat(made.stream().map(Future::result).map(Conversation::conversationId).distinct())
        .hasSize(1);
    assertThat(Await.join(one.api().inbox(null, 10)).getJsonArray("items")).hasSize(1);
  }

  @Test
  void membersAreListedPageByPageWhoeverLeft() {
    String id = channel(word());
    List<String> there = new ArrayList<>(List.of(ada.userId()));
    for (int i = 0; i < 7; i++) {
      Somebody somebody = crowd.somebody("m" + i);
      join(somebody, id);
      if (i % 2 == 0) {
        Await.join(somebody.api().deleteMember(id, "me"));
      } else {
        there.add(somebody.userId());
      }
    }
    List<String> listed = new ArrayList<>();
    String cursor = "";
    while (cursor != null) {
      JsonObject page =
          Await.join(
              ada.api()
                  .call(
                      HttpMethod.GET,
                      "/v1/conversations/"
                          + id
                          + "/members?limit=2"
                          + (cursor.isEmpty() ? "" : "&cursor=" + cursor),
                      null));
      page.getJsonArray("items")
          .forEach(item -> listed.add(((JsonObject) item).getString("userId")));
      cursor = page.getString("nextCursor");
    }
    assertThat(listed).containsExactlyElementsOf(there.stream().sorted().toList());
  }

  private static String channel(String title) {
    return Await.join(ada.api().createChannel(title)).conversationId();
  }

  private static String group(Somebody owner, Somebody... others) {
    return Await.join(
            owner
                .api()
                .createGroup("Team", List.of(others).stream().map(Somebody::userId).toList()))
        .conversationId();
  }

  private static void join(Somebody who, String id) {
    Await.join(who.api().putMember(id, "me", "member"));
  }

  private static void add(Somebody actor, String id, Somebody member) {
    Await.join(actor.api().putMember(id, member.userId(), "member"));
  }

  private static Ack send(Somebody who, String id, String text) {
    return Await.join(who.api().postMessage(id, word(), text));
  }

  private static ProblemException refused(Future<?> call, int status, String code) {
    ProblemException refused = Await.problem(call);
    assertThat(refused.code()).isEqualTo(code);
    assertThat(refused.status()).isEqualTo(status);
    return refused;
  }

  private static List<Long> numbers(ChangePage page) {
    return page.items().stream().map(Change::changeSeq).toList();
  }

  /** Nobody else's: tests share a server. */
  private static String word() {
    return "w" + UUID.randomUUID().toString().replace("-", "");
  }

  /** The numbers that a device showed of one conversation. */
  private static final class Shown implements Observer {
    private final String conversation;
    private final List<Long> numbers = new CopyOnWriteArrayList<>();

    Shown(String conversation) {
      this.conversation = conversation;
    }

    @Override
    public void delivered(Change change, Source source) {
      if (change.conversationId().equals(conversation)) {
        numbers.add(change.changeSeq());
      }
    }

    void await(Long... due) {
      Awaitility.await()
          .atMost(Await.PATIENCE_SECONDS, TimeUnit.SECONDS)
          .untilAsserted(() -> assertThat(numbers).containsExactly(due));
    }
  }
}

package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ChatClient;
import chat.parley.client.ParleyApi;
import chat.parley.client.Source;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets what, when they were not there, and who gets nothing any more. */
class MissedMessagesIT {
  private static final int BUDGET = 500;

  private Crowd crowd;
  private Crowd.Somebody ada;
  private Crowd.Somebody bob;

  @BeforeEach
  void meet() {
    crowd = new Crowd(SharedServer.get());
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
  }

  @AfterEach
  void part() {
    crowd.close();
  }

  @Test
  void whatADeviceMissedComesInOrderBetweenTheSyncsBeginningAndEnd() throws Exception {
    String dm = dm();
    Journal before = new Journal();
    ChatClient device = crowd.connect(bob.api(), Map.of(), before);
    Await.join(ada.api().postMessage(dm, "m0", "seen"));
    Await.join(device.reached(dm, 1));
    Await.join(device.close());

    post(dm, 5);

    Journal after = new Journal();
    ChatClient back = crowd.connect(bob.api(), Map.of(dm, 1L), after);
    Await.join(back.reached(dm, 6));
    assertThat(after.texts()).containsExactly("1", "2", "3", "4", "5");
    assertThat(after.sources()).containsOnly(Source.RESYNC);
    assertThat(after.resets()).isEmpty();
    Await.join(back.close());

    // A device without cursors of its own gets what the server does not know it to have.
    RawSocket fresh = crowd.socket(RawSocket.WS);
    fresh.enter(bob.signIn("second").credentials().session().accessToken());
    assertThat(kinds(fresh))
        .containsExactly(
            "welcome",
            "sync.begin",
            "message.new",
            "message.new",
            "message.new",
            "message.new",
            "message.new",
            "message.new",
            "sync.end");
  }

  @Test
  void aDeviceTooFarBehindIsResetAndReadsTheNewestPage() {
    String dm = dm();
    RawSocket from = ada.enter();
    int messages = BUDGET + 20;
    for (int i = 1; i <= messages; i++) {
      from.send(dm, "m" + i, Integer.toString(i));
    }
    for (int i = 1; i <= messages; i++) {
      from.await("ack");
    }

    RawSocket late = crowd.socket(RawSocket.WS);
    late.say("hello", null, new JsonObject().put("token", bob.session().accessToken()));
    JsonObject reset = late.await("sync.reset");
    assertThat(reset.getString("conversationId")).isEqualTo(dm);
    assertThat(reset.getLong("headSeq")).isEqualTo(messages);
    assertThat(reset.getLong("headChangeSeq")).isEqualTo(messages);
    assertThat(late.await("sync.end").getJsonObject("heads").getLong(dm)).isEqualTo(messages);
    assertThat(kinds(late)).containsExactly("welcome", "sync.begin", "sync.reset", "sync.end");

    ChangePage newest = Await.join(bob.api().historyBefore(dm, -1, 100));
    assertThat(newest.items().get(0).message().text()).isEqualTo(Integer.toString(messages));
    assertThat(newest.hasMore()).isTrue();
    from.send(dm, "live", "live");
    assertThat(late.await("message.new").getLong("changeSeq")).isEqualTo(messages + 1);
  }

  @Test
  void allDevicesOfAUserGetEveryMessageTheSendersOtherOnesToo() {
    String dm = dm();
    List<ChatClient> devices = new ArrayList<>();
    List<Journal> journals = new ArrayList<>();
    for (ParleyApi api : List.of(bob.api(), bob.signIn("phone"), ada.api(), ada.signIn("tablet"))) {
      Journal journal = new Journal();
      devices.add(crowd.connect(api, Map.of(), journal));
      journals.add(journal);
    }
    for (int i = 1; i <= 5; i++) {
      Await.join(devices.get(2).send(dm, Integer.toString(i)));
    }
    devices.forEach(device -> Await.join(device.reached(dm, 5)));
    assertThat(journals)
        .allSatisfy(
            journal -> assertThat(journal.texts()).containsExactly("1", "2", "3", "4", "5"));
  }

  @Test
  void aRemovedMemberGetsNothingAfterTheRemovalByAnyPath() {
    Crowd.Somebody eve = crowd.somebody("eve");
    String group =
        Await.join(ada.api().createGroup("trio", List.of(bob.userId(), eve.userId())))
            .conversationId();
    RawSocket bobs = bob.enter();
    RawSocket eves = eve.enter();
    Ack open = Await.join(ada.api().postMessage(group, "open", "open"));
    assertThat(bobs.await("message.new").getLong("changeSeq")).isEqualTo(open.changeSeq());
    eves.await("message.new");

    Await.join(ada.api().deleteMember(group, bob.userId()));
    long removal = open.changeSeq() + 1;
    Ack secret = Await.join(ada.api().postMessage(group, "secret", "secret"));
    assertThat(secret.changeSeq()).isEqualTo(removal + 1);

    // The whole of a change goes to a gateway at once: what eve has, bob would have.
    assertThat(eves.await("message.new").getLong("changeSeq")).isEqualTo(secret.changeSeq());
    bobs.say("ping", "p", new JsonObject());
    bobs.await("pong");
    bobs.say("sync", "s", new JsonObject().put("conversationId", group).put("after", 0));
    assertThat(bobs.await("changes").getJsonArray("items"))
        .extracting(item -> ((JsonObject) item).getLong("changeSeq"))
        .contains(open.changeSeq(), removal)
        .allMatch(number -> number <= removal);
    assertThat(String.join("\n", bobs.heard())).doesNotContain("secret");

    ParleyApi api = bob.api();
    assertThat(readable(api.changes(group, 0, 500))).allMatch(change -> !after(change, removal));
    assertThat(readable(api.historyAfter(group, 0, 100))).allMatch(c -> !after(c, removal));
    assertThat(readable(api.historyBefore(group, -1, 100))).allMatch(c -> !after(c, removal));
    assertThat(Await.problem(api.message(secret.messageId())).code()).isEqualTo("not_found");
    assertThat(Await.join(api.inbox(null, 50)).encode()).doesNotContain("secret");
    assertThat(Await.problem(api.postMessage(group, "no", "no")).status()).isIn(403, 404);

    RawSocket again = bob.enter();
    again.say("ping", "p", new JsonObject());
    again.await("pong");
    assertThat(String.join("\n", again.heard())).doesNotContain("secret");
    assertThat(Await.join(eve.api().changes(group, 0, 500)).headChangeSeq())
        .isEqualTo(secret.changeSeq());
  }

  @Test
  void aDeletedDevicesSocketClosesAndItsTokensAreDead() {
    ParleyApi phone = bob.signIn("phone");
    RawSocket socket = crowd.socket(RawSocket.WS);
    socket.enter(phone.credentials().session().accessToken());
    RawSocket other = bob.enter();

    long deletedAt = System.nanoTime();
    Await.join(bob.api().deleteDevice(phone.credentials().session().deviceId()));
    assertThat(socket.closeCode()).isEqualTo(4200);
    System.out.printf(
        "from the call to delete a device to the close of its socket: %d ms%n",
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - deletedAt));

    RawSocket back = crowd.socket(RawSocket.WS);
    back.say(
        "hello", null, new JsonObject().put("token", phone.credentials().session().accessToken()));
    assertThat(back.await("error").getString("code")).isEqualTo("unauthenticated");
    assertThat(back.closeCode()).isIn(4100, 4200);
    assertThat(Await.problem(phone.devices()).code()).isEqualTo("unauthenticated");
    assertThat(
            Await.problem(
                    crowd
                        .stranger()
                        .refresh(phone.credentials().session(), "a renewal of one who is out"))
                .status())
        .isEqualTo(401);
    other.say("ping", "p", new JsonObject());
    other.await("pong");
  }

  private String dm() {
    return Await.join(ada.api().createDm(bob.userId())).conversationId();
  }

  private void post(String dm, int count) {
    for (int i = 1; i <= count; i++) {
      Await.join(ada.api().postMessage(dm, "m" + i, Integer.toString(i)));
    }
  }

  private static List<String> kinds(RawSocket socket) {
    return socket.heard().stream().map(text -> new JsonObject(text).getString("t")).toList();
  }

  private static boolean after(Change change, long changeSeq) {
    return change.changeSeq() > changeSeq;
  }

  /** The page's items, or none where the page is refused. */
  private static List<Change> readable(Future<ChangePage> page) {
    return Await.join(page.map(ChangePage::items).otherwise(List.of()));
  }
}

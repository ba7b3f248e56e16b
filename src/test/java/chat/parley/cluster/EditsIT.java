package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.client.Message;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.Source;
import chat.parley.client.Transcript;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.RawSocket;
import chat.parley.testing.SharedServer;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done to messages after they were sent, as everybody sees it. */
class EditsIT {
  private static final String SECRET = "what-nobody-should-have-read";

  private Crowd crowd;
  private Crowd.Somebody ada;
  private Crowd.Somebody bob;
  private Crowd.Somebody cleo;
  private String group;

  /** A device's messages, as its changes built them up. */
  private static final class Screen implements Observer {
    private final Transcript transcript = new Transcript();

    @Override
    public synchronized void delivered(Change change, Source source) {
      transcript.apply(change);
    }

    synchronized List<Message> messages() {
      return transcript.messages();
    }
  }

  @BeforeEach
  void meet() {
    crowd = new Crowd(SharedServer.get());
    ada = crowd.somebody("ada");
    bob = crowd.somebody("bob");
    cleo = crowd.somebody("cleo");
    List<String> others = List.of(bob.userId(), cleo.userId());
    group = Await.join(ada.api().createGroup("talk", others)).conversationId();
  }

  @AfterEach
  void part() {
    crowd.close();
  }

  @Test
  void whoeverLooksSeesMessagesAsTheLastChangesLeftThem() {
    Screen live = new Screen();
    ChatClient device = crowd.connect(bob.api(), Map.of(), live);
    ChatClient author = crowd.connect(ada.api(), Map.of(), Observer.NONE);
    String first = Await.join(author.send(group, "teh first")).messageId();
    String second = Await.join(author.send(group, "second")).messageId();
    String third = Await.join(author.send(group, SECRET)).messageId();

    Ack edit = Await.join(author.edit(first, "the first"));
    Await.join(device.react(first, "👍", true));
    Await.join(author.react(first, "👍", true));
    Await.join(author.react(second, "🎉", true));
    Await.join(author.react(second, "🎉", false));
    Ack last = Await.join(author.delete(third));

    assertThat(edit.messageId()).isEqualTo(first);
    assertThat(edit.durability()).isEqualTo("persisted");
    List<Message> stored =
        List.of(first, second, third).stream()
            .map(id -> Await.join(cleo.api().message(id)))
            .toList();
    assertThat(stored).extracting(Message::text).containsExactly("the first", "second", null);
    assertThat(stored.get(0).reactions())
        .isEqualTo(Map.of("👍", List.of(bob.userId(), ada.userId())));
    assertThat(stored.get(2).deleted()).isTrue();
    Await.join(device.reached(group, last.changeSeq()));
    assertThat(live.messages()).isEqualTo(stored);

    Screen away = new Screen();
    ChatClient late = crowd.connect(cleo.api(), Map.of(), away);
    Await.join(late.reached(group, last.changeSeq()));
    assertThat(away.messages()).isEqualTo(stored);
    assertThat(Await.join(cleo.api().historyBefore(group, -1, 10)).items())
        .extracting(Change::message)
        .containsExactly(stored.get(2), stored.get(1), stored.get(0));
    assertThat(Await.join(cleo.api().historyAfter(group, 0, 2)).items())
        .extracting(Change::message)
        .containsExactly(stored.get(0), stored.get(1));
  }

  @Test
  void aDeletedTextIsGoneFromEveryAnswer() {
    String id = Await.join(ada.api().postMessage(group, "k1", SECRET)).messageId();
    Await.join(ada.api().editMessage(id, SECRET + " edited"));
    Await.join(ada.api().deleteMember(group, cleo.userId()));
    Ack deleted = Await.join(ada.api().deleteMessage(id));
    Await.join(bob.api().postMessage(group, "k2", "afterwards"));

    String path = "/v1/conversations/" + group;
    List<String> answers = new ArrayList<>();
    for (ParleyApi api : List.of(ada.api(), bob.api(), cleo.api())) {
      answers.add(got(api, path + "/messages"));
      answers.add(got(api, path + "/messages?after=0"));
      answers.add(got(api, path + "/messages?around=" + deleted.changeSeq()));
      answers.add(got(api, path + "/changes"));
      answers.add(got(api, path + "/changes?limit=5")); // ends before the delete
      answers.add(got(api, "/v1/messages/" + id));
      assertThat(answers.get(answers.size() - 1)).contains("\"deleted\":true");
    }
    answers.add(got(bob.api(), "/v1/conversations"));
    RawSocket fresh = crowd.socket(RawSocket.WS);
    fresh.enter(bob.signIn("second").credentials().session().accessToken());
    fresh.say("sync", "s", new JsonObject().put("conversationId", group).put("after", 0));
    fresh.await("changes");
    answers.addAll(fresh.heard());

    assertThat(answers).noneMatch(answer -> answer.contains(SECRET));
  }

  private static String got(ParleyApi api, String path) {
    return Await.join(api.call(HttpMethod.GET, path, null)).encode();
  }

  @Test
  void whoHasLeftSeesMessagesAsTheyWereThen() {
    String id = Await.join(ada.api().postMessage(group, "k1", "as it was")).messageId();
    Await.join(ada.api().deleteMember(group, cleo.userId()));
    Await.join(ada.api().editMessage(id, "as it is now"));

    assertThat(Await.join(cleo.api().message(id)).text()).isEqualTo("as it was");
    assertThat(Await.join(cleo.api().historyBefore(group, -1, 10)).items())
        .extracting(change -> change.message().text())
        .containsExactly("as it was");
    assertThat(Await.join(bob.api().message(id)).text()).isEqualTo("as it is now");
  }

  @Test
  void theSameAskedForAtOnceOrAgainIsOneChange() {
    String id = Await.join(ada.api().postMessage(group, "k1", "one")).messageId();
    ChatClient one = crowd.connect(ada.api(), Map.of(), Observer.NONE);
    List<Future<Ack>> edits = new ArrayList<>();
    List<Future<Ack>> reactions = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      edits.add(one.edit(id, "two"));
      reactions.add(one.react(id, "👍", true));
    }
    Await.join(Future.all(edits));
    Await.join(Future.all(reactions));
    assertThat(edits).extracting(edit -> edit.result().changeSeq()).containsOnly(first(edits));
    assertThat(reactions)
        .extracting(reaction -> reaction.result().changeSeq())
        .containsOnly(first(reactions));
    assertThat(edits).filteredOn(edit -> !edit.result().replayed()).hasSize(1);

    Ack deleted = Await.join(one.delete(id));
    assertThat(Await.join(ada.api().deleteMessage(id)).changeSeq()).isEqualTo(deleted.changeSeq());
    assertThat(Await.join(ada.api().changes(group, 0, 100)).headChangeSeq())
        .isEqualTo(deleted.changeSeq());
  }

  private static long first(List<Future<Ack>> acks) {
    return acks.get(0).result().changeSeq();
  }

  @Test
  void whatMayNotBeIsRefusedByName() {
    String id = Await.join(ada.api().postMessage(group, "k1", "one")).messageId();
    ChatClient device = crowd.connect(bob.api(), Map.of(), Observer.NONE);
    String unknown = id.substring(0, id.lastIndexOf('.')) + ".zzz";
    String join = id.substring(0, id.lastIndexOf('.')) + ".1";

    assertThat(code(device.edit(id, "mine now"))).isEqualTo("forbidden");
    assertThat(code(device.delete(id))).isEqualTo("forbidden");
    assertThat(code(device.react(id, "thumbs up", true))).isEqualTo("bad_request");
    assertThat(code(device.react(unknown, "👍", true))).isEqualTo("not_found");
    assertThat(code(device.delete(join))).isEqualTo("not_found");
    assertThat(code(ada.api().deleteMessage("no-such-conversation.1"))).isEqualTo("not_found");
    Await.join(ada.api().deleteMessage(id));
    assertThat(code(ada.api().editMessage(id, "again"))).isEqualTo("conflict");
    assertThat(code(device.react(id, "👍", true))).isEqualTo("conflict");
    Await.join(ada.api().deleteMember(group, bob.userId()));
    assertThat(code(device.react(id, "👍", true))).isEqualTo("not_a_member");
  }

  private static String code(Future<?> refused) {
    return Await.problem(refused).code();
  }

  @Test
  void aMessageCallsTheMembersThatItNames() {
    Crowd.Somebody stranger = crowd.somebody("dee");
    ChatClient device = crowd.connect(ada.api(), Map.of(), Observer.NONE);
    String text = "@" + bob.handle() + " and @" + stranger.handle() + ", @channel!";
    String id = Await.join(device.send(group, text)).messageId();

    Message message = Await.join(bob.api().message(id));
    assertThat(message.mentions()).containsExactly(bob.userId());
    assertThat(message.mentionsChannel()).isTrue();

    Await.join(device.edit(id, "only @" + cleo.handle() + " then"));
    Message edited = Await.join(bob.api().message(id));
    assertThat(edited.mentions()).containsExactly(cleo.userId());
    assertThat(edited.mentionsChannel()).isFalse();
  }
}

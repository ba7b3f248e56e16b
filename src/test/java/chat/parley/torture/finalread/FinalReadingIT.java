package chat.parley.torture.finalread;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.cassandra.CassandraConnector;
import chat.parley.cassandra.CassandraSession;
import chat.parley.client.Ack;
import chat.parley.kafka.KafkaSettings;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Crowd.Somebody;
import chat.parley.testing.ParleyServer;
import chat.parley.testing.SharedStack;
import chat.parley.torture.check.Judge;
import chat.parley.torture.check.Judgement;
import chat.parley.torture.check.Kind;
import chat.parley.torture.check.Requirements;
import chat.parley.torture.check.Violation;
import chat.parley.torture.content.ChangeHash;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real server holds at the end is sound, until a hand has been at it. */
class FinalReadingIT {
  private static final String KEYSPACE = "final_reading_it";
  private static final String TOPIC = "final-reading-it-changes";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Requirements REQUIRED =
      Requirements.least().withLeastAcks(6).withCursors().withSorts(Set.of("dm", "group"));

  @TempDir private static Path folder;

  private static ParleyServer server;
  private static Crowd crowd;
  private static Vertx vertx;
  private static CassandraSession session;
  private static Cluster cluster;

  @BeforeAll
  static void open() {
    server =
        ParleyServer.onSharedStack(
            Map.of("cassandra.keyspace", KEYSPACE, "kafka.changes-topic", TOPIC));
    crowd = new Crowd(server);
    vertx = Vertx.vertx();
    session =
        Await.join(
            CassandraConnector.connectToExisting(
                vertx, SharedStack.cassandra(KEYSPACE), new SimpleMeterRegistry()));
    KafkaSettings plain = KafkaSettings.defaults();
    KafkaSettings kafka =
        plain
            .withBootstrapServers(List.of(SharedStack.get().kafkaBootstrap()))
            .withTopics(TOPIC, plain.deadLettersTopic());
    cluster = new Cluster(session, kafka, List.of(server.uri()));
  }

  @AfterAll
  static void close() {
    crowd.close();
    server.close();
    Await.join(session.close());
    Await.join(vertx.close());
  }

  @Test
  void whatIsThereIsSoundUntilAHandHasBeenAtIt() {
    Somebody ada = crowd.somebody("ada");
    Somebody bob = crowd.somebody("bob");
    Somebody eve = crowd.somebody("eve");
    String group =
        Await.join(ada.api().createGroup("talk", List.of(bob.userId()))).conversationId();
    String dm = Await.join(ada.api().createDm(bob.userId())).conversationId();
    List<Reader> readers =
        List.of(
            reader(ada, Set.of(group, dm)),
            reader(bob, Set.of(group, dm)),
            reader(eve, Set.of(group, dm)));
    Path file = folder.resolve("sound.jsonl");
    try (History history = History.begin(file)) {
      cast(history, group, "group", ada, bob);
      cast(history, dm, "dm", ada, bob);
      Ack one = say(history, ada, group, "one");
      Await.join(ada.api().putMember(group, eve.userId(), "member"));
      say(history, bob, group, "two");
      Await.join(ada.api().deleteMember(group, eve.userId()));
      say(history, ada, group, "three");
      say(history, bob, group, "four \"quoted\" \uD83D\uDE00");
      Ack five = say(history, bob, dm, "five");
      say(history, ada, dm, "six");
      amend(history, ada, one, "edited");
      amend(history, bob, five, null);
      read(history, bob, group, 3);
      Await.join(FinalReading.of(vertx, cluster, readers).run(history, PATIENCE));
    }

    Judgement judgement = Judge.judge(file, REQUIRED);

    assertThat(judgement.table()).endsWith("sound");
    assertThat(judgement.figures().acked()).isEqualTo(6);
    assertThat(judgement.figures().amended()).isEqualTo(2);
    assertThat(judgement.figures().changes()).isEqualTo(12);

    Path tampered = folder.resolve("tampered.jsonl");
    Await.join(
        session.write(
            "test",
            SimpleStatement.newInstance(
                "DELETE FROM changes WHERE conversation_id = ? AND bucket = 0 AND change_seq = 5",
                group)));
    try (History history = History.begin(tampered)) {
      History.read(file, event -> copyBeforeTheEnd(history, event));
      Await.join(FinalReading.of(vertx, cluster, readers).run(history, Duration.ofSeconds(2)));
    }

    assertThat(Judge.judge(tampered, REQUIRED).violations())
        .extracting(Violation::kind)
        .contains(Kind.ACKED_LOST, Kind.DENSE, Kind.NOT_IN_LOG, Kind.VERIFY);
  }

  private static Reader reader(Somebody who, Set<String> conversations) {
    return new Reader(who.handle(), Crowd.PASSWORD, who.userId(), conversations);
  }

  private static void cast(History history, String conversation, String type, Somebody... members) {
    for (Somebody member : members) {
      history.add(
          Event.of("cast", Op.CAST, Phase.INFO)
              .in(conversation)
              .about(member.userId())
              .noting(type));
    }
  }

  private static Ack say(History history, Somebody who, String conversation, String text) {
    String device = who.session().deviceId();
    String id = "id-" + history.size();
    String hash = ChangeHash.ofSend(conversation, who.userId(), device, id, text, null);
    history.add(send(who, Phase.INVOKE, conversation, id).hashed(hash));
    Ack ack = Await.join(who.api().postMessage(conversation, id, text));
    history.add(send(who, Phase.OK, conversation, id).hashed(hash).at(ack.changeSeq(), ack.seq()));
    return ack;
  }

  /** Gives one's own message another text, or none: then it is deleted. */
  private static void amend(History history, Somebody who, Ack sent, String text) {
    history.add(amend(who, Phase.INVOKE, sent, text));
    Ack ack =
        Await.join(
            text == null
                ? who.api().deleteMessage(sent.messageId())
                : who.api().editMessage(sent.messageId(), text));
    history.add(amend(who, Phase.OK, sent, text).at(ack.changeSeq(), 0));
  }

  private static Event.Draft amend(Somebody who, Phase phase, Ack sent, String text) {
    String device = who.session().deviceId();
    return Event.of(who.handle(), Op.AMEND, phase)
        .by(who.userId(), device)
        .in(sent.conversationId())
        .sentAs("amend " + sent.clientMsgId())
        .of(sent.changeSeq())
        .hashed(
            ChangeHash.ofSend(
                sent.conversationId(), who.userId(), device, sent.clientMsgId(), text, null))
        .noting(text == null ? "message.delete" : "message.edit");
  }

  private static Event.Draft send(Somebody who, Phase phase, String conversation, String id) {
    return Event.of(who.handle(), Op.SEND, phase)
        .by(who.userId(), who.session().deviceId())
        .in(conversation)
        .sentAs(id);
  }

  private static void read(History history, Somebody who, String conversation, long seq) {
    history.add(move(who, Phase.INVOKE, conversation, seq));
    Await.join(who.api().read(conversation, seq));
    history.add(move(who, Phase.OK, conversation, seq));
  }

  private static Event.Draft move(Somebody who, Phase phase, String conversation, long seq) {
    return Event.of(who.handle(), Op.READ, phase)
        .by(who.userId(), who.session().deviceId())
        .in(conversation)
        .at(0, seq);
  }

  /** The load is told once more; the end is read anew. */
  private static void copyBeforeTheEnd(History history, Event event) {
    if (Set.of(Op.CAST, Op.SEND, Op.AMEND).contains(event.op())) {
      history.add(
          Event.of(event.process(), event.op(), event.phase())
              .by(event.user(), event.device())
              .in(event.conversation())
              .sentAs(event.clientMsgId())
              .about(event.subject())
              .at(event.changeSeq(), event.seq())
              .hashed(event.hash())
              .of(event.target())
              .noting(event.note()));
    }
  }
}

package chat.parley.torture.load;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChangePage;
import chat.parley.client.ChatClient;
import chat.parley.client.ClientGroup;
import chat.parley.client.Credentials;
import chat.parley.client.Frame;
import chat.parley.client.Observer;
import chat.parley.client.ParleyApi;
import chat.parley.client.ProblemException;
import chat.parley.client.Source;
import chat.parley.torture.content.ChangeEvent;
import chat.parley.torture.content.ChangeHash;
import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One device: writes down all that it does and sees, and keeps over its absences what a phone
 * keeps, its cursors and the messages that are not acked.
 */
final class Device implements Observer {
  private static final int MOST_OUTSTANDING = 12;
  private static final int REMEMBERED = 30;
  private static final int FEW_CHANGES = 20;
  private static final int MOST_CHANGES = 500;
  private static final int MOST_MESSAGES = 100;
  private static final String DELIVERED = "delivered";

  private final History history;
  private final String name;
  private final Person person;
  private final Credentials credentials;
  private final Map<String, Room> rooms;
  private final Map<String, Outgoing> outbox = new LinkedHashMap<>();
  private final Map<String, Change> shown = new HashMap<>();
  private final Deque<Change> recent = new ArrayDeque<>();
  private final Set<String> asking = new HashSet<>();
  private ChatClient client;
  private boolean connected;
  private long sent;

  Device(
      History history,
      Person person,
      int number,
      Credentials credentials,
      Map<String, Room> rooms) {
    this.history = history;
    this.name = person.handle() + "/" + number;
    this.person = person;
    this.credentials = credentials;
    this.rooms = rooms;
  }

  Person person() {
    return person;
  }

  /** Whether it wants to be connected; it may be without a connection all the same. */
  boolean isOn() {
    return client != null;
  }

  /** Whether a gateway has let it in, and it has not lost that connection. */
  boolean isConnected() {
    return connected;
  }

  /** Its connection, there or sought, where it is on. */
  Optional<ChatClient> socket() {
    return Optional.ofNullable(client);
  }

  /** The messages that it has shown last, oldest first, as they were then. */
  List<Change> recentMessages() {
    return List.copyOf(recent);
  }

  /** Whether its person wrote this message. */
  boolean isOwn(Change message) {
    return person.userId().equals(message.message().senderId());
  }

  Room roomOf(Change change) {
    return rooms.get(change.conversationId());
  }

  /** Its REST calls by this gateway. */
  ParleyApi api(ClientGroup gate) {
    return gate.api().as(credentials);
  }

  /** An event of this device. */
  Event.Draft event(Op op, Phase phase) {
    return by(Event.of(name, op, phase));
  }

  private Event.Draft by(Event.Draft draft) {
    return draft.by(person.userId(), credentials.session().deviceId());
  }

  /** Connects with what it has kept, and sends again what is not acked. */
  void turnOn(ClientGroup gate) {
    Map<String, Long> cursors = new HashMap<>();
    shown.forEach((room, change) -> cursors.put(room, change.changeSeq()));
    client = gate.connect(credentials, cursors, this);
    new ArrayList<>(outbox.values())
        .forEach(
            message -> {
              resent(message.clientMsgId);
              transmit(message);
            });
  }

  /**
   * Goes away without a word; completes when nothing more is heard of it, whatever had become of
   * its connection.
   */
  Future<Void> turnOff() {
    ChatClient leaving = client;
    client = null;
    return leaving == null ? Future.succeededFuture() : leaving.close().transform(done -> off());
  }

  /** What its next connection is told was read after this. */
  private Future<Void> off() {
    history.add(event(Op.CONNECTION, Phase.INFO).noting("off"));
    return Future.succeededFuture();
  }

  void loseConnection() {
    if (client != null) {
      client.dropConnection();
    }
  }

  /** Whether it would send now: it is on, and not too much of it waits already. */
  boolean maySend() {
    return client != null && outbox.size() < MOST_OUTSTANDING;
  }

  /** Sends a text, until it is acked or refused. */
  Outgoing send(Room room, String text) {
    String id = credentials.session().deviceId() + "-" + ++sent;
    String hash =
        ChangeHash.ofSend(
            room.id, person.userId(), credentials.session().deviceId(), id, text, null);
    Outgoing message = new Outgoing(room, id, text, hash);
    outbox.put(id, message);
    history.add(sendEvent(message, Phase.INVOKE));
    transmit(message);
    return message;
  }

  /** The same message once more, past this device's connection, whatever has become of it. */
  Future<Void> duplicate(Outgoing message, ClientGroup gate) {
    resent(message);
    return api(gate)
        .postMessage(message.room.id, message.clientMsgId, message.text)
        .onSuccess(ack -> acked(message, ack))
        .onFailure(cause -> repeatRefused(message, Refusal.code(cause)))
        .<Void>mapEmpty()
        .otherwiseEmpty(); // its own way may still succeed, and says so
  }

  /** A refusal for good is of this attempt alone, and has to have a reason all the same. */
  private void repeatRefused(Outgoing message, Optional<String> code) {
    code.ifPresent(word -> history.add(resendEvent(message, Phase.FAIL).noting(word)));
  }

  private void transmit(Outgoing message) {
    client
        .send(message.room.id, message.clientMsgId, message.text)
        .onSuccess(
            ack -> {
              outbox.remove(message.clientMsgId);
              acked(message, ack);
            })
        .onFailure(
            cause -> {
              // Anything else is the end of this connection, not of the message.
              if (cause instanceof ProblemException problem) {
                outbox.remove(message.clientMsgId);
                refused(message, problem);
              }
            });
  }

  private void acked(Outgoing message, Ack ack) {
    history.add(
        sendEvent(message, Phase.OK)
            .at(ack.changeSeq(), ack.seq())
            .noting(ack.replayed() ? "replayed" : null));
  }

  private void refused(Outgoing message, ProblemException problem) {
    history.add(
        sendEvent(message, message.repeated ? Phase.INFO : Phase.FAIL).noting(problem.code()));
  }

  /** At the end: nobody knows what has become of these. */
  void giveUpSends() {
    outbox.values().forEach(message -> history.add(sendEvent(message, Phase.INFO)));
    outbox.clear();
  }

  private Event.Draft sendEvent(Outgoing message, Phase phase) {
    return event(Op.SEND, phase)
        .in(message.room.id)
        .sentAs(message.clientMsgId)
        .hashed(message.hash);
  }

  int unacked() {
    return outbox.size();
  }

  /** The newest change of the room that it has shown, or null. */
  Change newest(Room room) {
    return shown.get(room.id);
  }

  /** Whether it has shown all that is known to be there. */
  boolean hasCaughtUp(Room room) {
    Change newest = newest(room);
    return (newest == null ? 0 : newest.changeSeq()) >= room.head();
  }

  /** Moves the user's read cursor, forward or not. */
  Future<Void> read(Room room, long seq) {
    history.add(event(Op.READ, Phase.INVOKE).in(room.id).at(0, seq));
    return client
        .read(room.id, seq)
        .onComplete(
            done -> {
              Phase phase =
                  done.succeeded()
                      ? Phase.OK
                      : done.cause() instanceof ProblemException problem && !problem.retryable()
                          ? Phase.FAIL
                          : Phase.INFO;
              history.add(event(Op.READ, phase).in(room.id).at(0, seq));
            });
  }

  /** Asks who has and has read what; one question of a conversation at a time. */
  void look(Room room, ClientGroup gate) {
    if (!asking.add(room.id)) {
      return;
    }
    history.add(event(Op.CURSOR, Phase.INVOKE).in(room.id));
    api(gate)
        .receipts(room.id, 1)
        .onSuccess(
            receipts -> {
              JsonArray items = receipts.getJsonArray("items");
              for (int i = 0; i < items.size(); i++) {
                JsonObject item = items.getJsonObject(i);
                String userId = item.getString("userId");
                history.add(cursor(room.id, userId, item.getLong("readSeq")).from("answer"));
                history.add(
                    cursor(room.id, userId, item.getLong("deliveredSeq"))
                        .noting(DELIVERED)
                        .from("answer"));
              }
            })
        .onComplete(done -> asking.remove(room.id));
  }

  /** What the person can read of the room now, past what this device has: changes and history. */
  void lookBack(Room room, ClientGroup gate) {
    Change newest = newest(room);
    readOn(room, newest == null ? 0 : Math.max(0, newest.changeSeq() - 1), MOST_CHANGES, gate);
  }

  /** What the person can read now of one message and those behind it. */
  void lookAt(Room room, long changeSeq, ClientGroup gate) {
    readOn(room, changeSeq - 1, FEW_CHANGES, gate);
  }

  private void readOn(Room room, long after, int most, ClientGroup gate) {
    long askedAt = history.nanos();
    api(gate).changes(room.id, after, most).onSuccess(page -> read(page, "changes", askedAt));
    api(gate)
        .historyAfter(room.id, after, Math.min(most, MOST_MESSAGES))
        .onSuccess(page -> read(page, "history", askedAt));
  }

  private void read(ChangePage page, String by, long askedAt) {
    page.items()
        .forEach(
            change ->
                history.add(
                    by(ChangeEvent.of(name, Op.RECEIVE, change)).from(by).askedAt(askedAt)));
  }

  private Event.Draft cursor(String conversationId, String userId, long seq) {
    return event(Op.CURSOR, Phase.OK).in(conversationId).about(userId).at(0, seq);
  }

  @Override
  public void observed(Change change, Source source, int connection, long nanos) {
    Room room = rooms.get(change.conversationId());
    if (room != null) {
      room.seen(change);
    }
    history.add(seen(Op.RECEIVE, change, source));
  }

  @Override
  public void delivered(Change change, Source source) {
    shown.put(change.conversationId(), change);
    if (change.isMessage() && !change.message().deleted() && roomOf(change) != null) {
      recent.add(change);
      if (recent.size() > REMEMBERED) {
        recent.remove();
      }
    }
    history.add(seen(Op.SHOW, change, source));
  }

  private Event.Draft seen(Op op, Change change, Source source) {
    return by(ChangeEvent.of(name, op, change)).from(source.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void resent(String clientMsgId) {
    Outgoing message = outbox.get(clientMsgId);
    if (message != null) {
      resent(message);
    }
  }

  private void resent(Outgoing message) {
    message.repeated = true;
    history.add(resendEvent(message, Phase.INFO));
  }

  private Event.Draft resendEvent(Outgoing message, Phase phase) {
    return event(Op.RESEND, phase).in(message.room.id).sentAs(message.clientMsgId);
  }

  @Override
  public void connected(int connection) {
    connected = true;
    history.add(event(Op.CONNECTION, Phase.INFO));
  }

  @Override
  public void disconnected(int connection, int code) {
    connected = false;
    history.add(event(Op.CONNECTION, Phase.INFO).noting(Integer.toString(code)));
  }

  @Override
  public void reset(String conversationId, long headChangeSeq) {
    history.add(
        event(Op.CONNECTION, Phase.INFO).in(conversationId).at(headChangeSeq, 0).noting("reset"));
  }

  @Override
  public void frame(Frame frame) {
    switch (frame.type()) {
      case "receipt.read" -> history.add(cursor(frame.data()));
      case "receipt.delivered" -> history.add(cursor(frame.data()).noting(DELIVERED));
      default -> {
        // Nothing that is judged.
      }
    }
  }

  private Event.Draft cursor(JsonObject receipt) {
    return cursor(
        receipt.getString("conversationId"), receipt.getString("userId"), receipt.getLong("seq"));
  }
}

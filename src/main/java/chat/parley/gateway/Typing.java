package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages.DeliverTyping;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Typing, from sockets here to other gateways and from these to sockets here; it is nowhere stored.
 * A word that somebody types holds for five seconds and ends by itself: at the one who says it by a
 * word to the others, and at those who are told by the time that they are told, should that word be
 * lost. What is too much is dropped in silence. Belongs to one event loop.
 */
final class Typing {
  private final Connections connections;
  private final TypingRooms rooms;
  private final SoftDoor door;
  private final Bus bus;
  private final LiveMeters meters;
  private final InstantSource clock;
  private final Map<Connection, Talk> talks = new HashMap<>();

  /** Those whom sockets here said to type: what goes out is bounded, whatever they say. */
  private final Typists here = new Typists();

  /** Those of whom sockets here were told: what they are told is bounded, whoever sent it. */
  private final Typists heard = new Typists();

  Typing(
      GatewayPieces pieces,
      Connections connections,
      TypingRooms rooms,
      SoftDoor door,
      LiveMeters meters) {
    this.connections = connections;
    this.rooms = rooms;
    this.door = door;
    this.bus = pieces.bus();
    this.meters = meters;
    this.clock = pieces.steady();
  }

  /** A client's word. */
  void say(Connection connection, ClientFrame.Typing word) {
    long now = clock.millis();
    ConversationId conversation = word.conversationId();
    Talk talk = talks.computeIfAbsent(connection, any -> new Talk());
    if (!door.isOpen(SoftDoor.Kind.TYPING)) {
      return;
    }
    if (talk.isTooMuch(now)) {
      meters.shed(SoftDoor.Kind.TYPING, LiveMeters.Why.CONNECTION);
      return;
    }
    ConversationFeed feed = connection.knownFeed(conversation);
    if (feed != null && feed.stream.isOut()) {
      refuse(
          connection,
          word,
          new FailureException(Failure.NOT_A_MEMBER, "you are no longer a member"));
    } else if (!word.on() || !talk.isKnown(conversation, now)) {
      rooms
          .of(conversation, connection.principal().userId())
          .onSuccess(room -> take(connection, talk, word, room))
          .onFailure(cause -> refuse(connection, word, cause));
    }
  }

  private static void refuse(Connection connection, ClientFrame.Typing word, Throwable cause) {
    connection.write(ServerFrames.error(word.id(), cause));
  }

  private void take(
      Connection connection, Talk talk, ClientFrame.Typing word, TypingRooms.Room room) {
    ConversationId conversation = word.conversationId();
    UserId user = connection.principal().userId();
    long now = clock.millis();
    if (room.large()) {
      meters.shed(SoftDoor.Kind.TYPING, LiveMeters.Why.LARGE);
    } else if (!word.on()) {
      if (talk.end(conversation)) {
        here.end(conversation, user);
        tell(connection, conversation, room, false);
      }
    } else if (!connection.isOpen() || talk.isKnown(conversation, now)) {
      return;
    } else if (!talk.mayBegin(conversation)) {
      meters.shed(SoftDoor.Kind.TYPING, LiveMeters.Why.CONNECTION);
    } else if (!here.begin(conversation, user, now)) {
      meters.shed(SoftDoor.Kind.TYPING, LiveMeters.Why.CONVERSATION);
    } else {
      talk.begin(conversation, now);
      tell(connection, conversation, room, true);
    }
  }

  private void tell(
      Connection from, ConversationId conversation, TypingRooms.Room room, boolean on) {
    room.byGateway()
        .forEach(
            (gateway, users) -> {
              meters.sent(LiveMeters.Message.TYPING);
              bus.send(
                  Addresses.gateway(gateway),
                  new DeliverTyping(
                      conversation, from.principal().userId(), from.sessionId(), on, users));
            });
  }

  /** Another gateway's word, or one's own. */
  void hear(DeliverTyping word) {
    if (!door.isOpen(SoftDoor.Kind.TYPING)) {
      return;
    }
    if (!word.on()) {
      heard.end(word.conversationId(), word.userId());
    } else if (!heard.begin(word.conversationId(), word.userId(), clock.millis())) {
      meters.shed(SoftDoor.Kind.TYPING, LiveMeters.Why.CONVERSATION);
      return;
    }
    String frame = frame(word);
    for (UserId user : word.users()) {
      for (Connection connection : connections.of(user)) {
        if (!connection.sessionId().equals(word.notTo())
            && hears(connection, word.conversationId())) {
          door.write(SoftDoor.Kind.TYPING, connection, frame);
        }
      }
    }
  }

  /** Who sent it may not know yet that a user was removed; the socket that was told so does. */
  private static boolean hears(Connection connection, ConversationId conversation) {
    ConversationFeed feed = connection.knownFeed(conversation);
    return connection.stage() == Connection.Stage.LIVE && feed != null && feed.isIn();
  }

  private static String frame(DeliverTyping word) {
    return ServerFrames.of(
        "typing",
        new JsonObject()
            .put("conversationId", word.conversationId().value())
            .put("userId", word.userId().value())
            .put("on", word.on())
            .put("expiresInMs", word.on() ? Typists.LIVES_MS : 0));
  }

  /** The socket is gone, and types no more. */
  void drop(Connection connection) {
    Talk talk = talks.remove(connection);
    if (talk != null) {
      talk.everywhere().forEach(conversation -> end(connection, talk, conversation));
    }
  }

  /** To be called with every tick: ends what was not said again. */
  void tick() {
    long now = clock.millis();
    for (Iterator<Map.Entry<Connection, Talk>> all = talks.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Connection, Talk> one = all.next();
      List<ConversationId> over = one.getValue().expired(now);
      over.forEach(conversation -> end(one.getKey(), one.getValue(), conversation));
      if (one.getValue().isOver(now)) {
        all.remove();
      }
    }
    here.expire(now);
    heard.expire(now);
  }

  private void end(Connection connection, Talk talk, ConversationId conversation) {
    talk.end(conversation);
    UserId user = connection.principal().userId();
    here.end(conversation, user);
    rooms
        .of(conversation, user)
        .onSuccess(room -> tell(connection, conversation, room, false))
        .onFailure(notToBeTold -> heard.end(conversation, user));
  }
}

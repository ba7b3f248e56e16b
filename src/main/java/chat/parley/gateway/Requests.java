package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.auth.Tokens;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.ReceiptMessages;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Carries out what a client that was let in asks for. */
final class Requests {
  private final Tokens tokens;
  private final HomeLoop loop;
  private final Bus bus;
  private final MessageDoor door;
  private final EdgeGuard guard;
  private final LogPages pages;
  private final CursorMoves cursors;
  private final LiveState live;
  private final GatewaySettings settings;
  private final Clock clock;

  Requests(
      GatewayPieces pieces, LogPages pages, CursorMoves cursors, LiveState live, HomeLoop loop) {
    this.live = live;
    this.tokens = pieces.tokens();
    this.loop = loop;
    this.bus = pieces.bus();
    this.guard = pieces.guard();
    this.door = new MessageDoor(pieces.router(), pieces.accounts(), guard);
    this.settings = pieces.settings();
    this.clock = pieces.clock();
    this.pages = pages;
    this.cursors = cursors;
  }

  /** Carries a frame out and answers it. */
  void handle(Connection connection, ClientFrame frame) {
    switch (frame.kind()) {
      case HELLO ->
          connection.write(
              ServerFrames.error(
                  frame.id(), new FailureException(Failure.BAD_REQUEST, "hello was said already")));
      case SEND -> send(connection, (ClientFrame.Send) frame);
      case AMEND -> amend(connection, (ClientFrame.Amend) frame);
      case SYNC -> sync(connection, (ClientFrame.Sync) frame);
      case DELIVERED -> delivered(connection, (ClientFrame.Delivered) frame);
      case READ -> read(connection, (ClientFrame.Read) frame);
      case TYPING -> live.type(connection, (ClientFrame.Typing) frame);
      case WATCH -> live.watch(connection, (ClientFrame.Watch) frame);
      case SET_PRESENCE -> live.set(connection, (ClientFrame.SetPresence) frame);
      case REAUTH -> reauth(connection, (ClientFrame.Reauth) frame);
      case PING ->
          connection.write(
              ServerFrames.answer(
                  "pong",
                  frame.id(),
                  new JsonObject().put("serverTime", ServerFrames.time(clock.millis()))));
      default -> throw new IllegalStateException("no such frame");
    }
  }

  private void send(Connection connection, ClientFrame.Send frame) {
    Principal principal = connection.principal();
    answer(
        connection,
        frame,
        () ->
            door.send(
                    connection.caller(),
                    new SendMessage(
                        frame.conversationId(),
                        principal.userId(),
                        principal.deviceId(),
                        frame.clientMsgId(),
                        frame.body().canonicalJson(),
                        frame.replyTo()),
                    frame.body().text())
                .map(accepted -> ServerFrames.ack(frame, accepted)));
  }

  private void amend(Connection connection, ClientFrame.Amend frame) {
    Principal principal = connection.principal();
    answer(
        connection,
        frame,
        () ->
            door.amend(
                    connection.caller(),
                    principal.userId(),
                    principal.deviceId(),
                    frame.messageId(),
                    frame.change(),
                    connection::isOpen)
                .map(
                    amended ->
                        ServerFrames.answer(
                            "ack", frame.id(), AmendCommand.ack(frame.messageId(), amended))));
  }

  private void sync(Connection connection, ClientFrame.Sync frame) {
    // Room first: a client that does not read its answers shall not make us hold more of them.
    answer(
        connection,
        frame,
        () ->
            guard
                .limits()
                .page(connection.caller(), connection.principal().userId())
                .compose(counted -> connection.outbound().room())
                .compose(
                    room ->
                        guard
                            .syncs()
                            .goOn(
                                () ->
                                    pages.ask(
                                        connection,
                                        frame.conversationId(),
                                        frame.after(),
                                        frame.limit())))
                .map(
                    page ->
                        ServerFrames.changes(
                            frame.id(),
                            frame.conversationId(),
                            page.within(settings.maxOutboundBytes() / 8))));
  }

  /**
   * The connection goes on as it was with the new token's time, or, refused, with the old one's.
   */
  private void reauth(Connection connection, ClientFrame.Reauth frame) {
    answer(
        connection,
        frame,
        () ->
            loop.bring(tokens.verify(frame.token()))
                .map(
                    renewed -> {
                      Principal now = connection.principal();
                      if (!renewed.userId().equals(now.userId())
                          || !renewed.deviceId().equals(now.deviceId())) {
                        throw new FailureException(
                            Failure.FORBIDDEN, "the token is another user's or device's");
                      }
                      connection.renewed(renewed);
                      return ServerFrames.answer(
                          "ack", frame.id(), ServerFrames.expiry(renewed.expiresAt()));
                    }));
  }

  private void delivered(Connection connection, ClientFrame.Delivered frame) {
    Principal principal = connection.principal();
    List<ReceiptMessages.Delivered> moves = new ArrayList<>();
    frame
        .cursors()
        .forEach(
            (conversation, changeSeq) -> {
              ConversationFeed feed = connection.knownFeed(conversation);
              boolean known = feed != null && feed.stream.isStarted();
              // Nobody has what was not sent; of what this connection knows nothing about, the
              // receipts stage knows the bound.
              long upTo = known ? Math.min(changeSeq, feed.stream.position()) : changeSeq;
              long seq = known ? feed.unacked.ack(upTo, connection.nowMs()) : -1;
              if (upTo > 0) {
                moves.add(
                    new ReceiptMessages.Delivered(
                        principal.userId(), principal.deviceId(), conversation, upTo, seq));
              }
            });
    move(connection, frame, moves, List.of());
  }

  private void read(Connection connection, ClientFrame.Read frame) {
    Principal principal = connection.principal();
    List<ReceiptMessages.Read> read =
        List.of(
            new ReceiptMessages.Read(
                principal.userId(), principal.deviceId(), frame.conversationId(), frame.seq()));
    if (frame.id() == null) {
      move(connection, frame, List.of(), read);
      return;
    }
    answer(
        connection,
        frame,
        () ->
            member(connection, frame.conversationId())
                .compose(member -> cursors.move(List.of(), read, true))
                .map(stored -> acked(frame)));
  }

  /** Of a conversation whose changes this socket is given nobody need be asked. */
  private Future<Void> member(Connection connection, ConversationId conversation) {
    ConversationFeed feed = connection.knownFeed(conversation);
    return feed != null && feed.isIn()
        ? Future.succeededFuture()
        : Membership.of(bus, connection.principal().userId(), conversation);
  }

  private static String acked(ClientFrame frame) {
    return ServerFrames.answer("ack", frame.id(), new JsonObject());
  }

  private void move(
      Connection connection,
      ClientFrame frame,
      List<ReceiptMessages.Delivered> delivered,
      List<ReceiptMessages.Read> read) {
    if (frame.id() == null) {
      cursors
          .move(delivered, read, false)
          .onFailure(cause -> connection.write(ServerFrames.error(null, cause)));
      return;
    }
    answer(
        connection, frame, () -> cursors.move(delivered, read, true).map(stored -> acked(frame)));
  }

  private void answer(Connection connection, ClientFrame frame, Supplier<Future<String>> work) {
    if (!connection.beginRequest()) {
      connection.write(
          ServerFrames.error(
              frame.id(),
              new FailureException(
                  Failure.OVERLOADED, "too many requests of this connection are under way")));
      return;
    }
    work.get()
        .onComplete(
            done -> {
              connection.endRequest();
              if (connection.isOpen()) {
                connection.write(
                    done.succeeded()
                        ? done.result()
                        : ServerFrames.error(frame.id(), done.cause()));
              }
            });
  }
}

package chat.parley.torture.load;

import chat.parley.client.Ack;
import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.client.Message;
import chat.parley.client.ParleyApi;
import chat.parley.torture.content.ChangeHash;
import chat.parley.torture.content.Reactions;
import chat.parley.torture.history.Event;
import io.vertx.core.Future;

/** What somebody wants done to a message that their device has shown. */
final class Wish {
  /** The three sorts, by the protocol's words. */
  enum Kind {
    EDIT("message.edit"),
    DELETE("message.delete"),
    REACTION("reaction");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  final Device device;
  final Room room;
  private final Change shown;
  private final Kind kind;
  private final String id;

  /** The new text of an edit, the emoji of a reaction, null of a delete. */
  private final String content;

  private final boolean on;
  private int attempts;

  private Wish(
      Device device, Room room, Change shown, Kind kind, String id, String content, boolean on) {
    this.device = device;
    this.room = room;
    this.shown = shown;
    this.kind = kind;
    this.id = id;
    this.content = content;
    this.on = on;
  }

  static Wish edit(Device device, Room room, Change shown, String id, String text) {
    return new Wish(device, room, shown, Kind.EDIT, id, text, false);
  }

  static Wish delete(Device device, Room room, Change shown, String id) {
    return new Wish(device, room, shown, Kind.DELETE, id, null, false);
  }

  static Wish reaction(
      Device device, Room room, Change shown, String id, String emoji, boolean on) {
    return new Wish(device, room, shown, Kind.REACTION, id, emoji, on);
  }

  /** The number of the message. */
  long target() {
    return shown.changeSeq();
  }

  /** Whether REST has a call for it. */
  boolean isRestful() {
    return kind != Kind.REACTION;
  }

  /** Whether it went out more than once: then a refusal says nothing of the time before. */
  boolean isRepeated() {
    return attempts > 1;
  }

  /** Asks by the device's socket. */
  Future<Ack> ask(ChatClient socket) {
    attempts++;
    String messageId = shown.message().messageId();
    return switch (kind) {
      case EDIT -> socket.edit(messageId, content);
      case DELETE -> socket.delete(messageId);
      case REACTION -> socket.react(messageId, content, on);
    };
  }

  /** Asks by REST. */
  Future<Ack> ask(ParleyApi rest) {
    attempts++;
    String messageId = shown.message().messageId();
    return switch (kind) {
      case EDIT -> rest.editMessage(messageId, content);
      case DELETE -> rest.deleteMessage(messageId);
      case REACTION -> throw new IllegalStateException("REST sets no reactions");
    };
  }

  /** Says in a history which wish it is. */
  Event.Draft describe(Event.Draft event) {
    Message message = shown.message();
    event.in(room.id).sentAs(id).of(target()).noting(kind.word);
    return kind == Kind.REACTION
        ? event.reacted(Reactions.step(content, on))
        : event.hashed(ChangeHash.ofAmended(room.id, message, content));
  }
}

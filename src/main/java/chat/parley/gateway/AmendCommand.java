package chat.parley.gateway;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.EditMessage;
import chat.parley.bus.IngestMessages.MessageAmended;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.model.Emoji;
import chat.parley.model.MessageId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What a client wants done to a message, checked; by frame and by REST alike. */
interface AmendCommand {
  /** The command of this user; fails where that cannot be known now. */
  Future<Amend> of(MessageId message, UserId actor, MentionFinder mentions);

  /** Another body; only to a message of version {@code ifVersion}, where that is not 0. */
  static AmendCommand edit(MessageBody body, long ifVersion) {
    return (message, actor, mentions) ->
        mentions
            .in(body.text())
            .map(
                named ->
                    new EditMessage(
                        message.conversationId(),
                        actor,
                        message.changeSeq(),
                        body.canonicalJson(),
                        named,
                        ifVersion));
  }

  static AmendCommand delete() {
    return (message, actor, mentions) ->
        Future.succeededFuture(
            new DeleteMessage(message.conversationId(), actor, message.changeSeq()));
  }

  /** One's own reaction, set or taken back. */
  static AmendCommand reaction(String emoji, boolean on) {
    if (!Emoji.isOne(emoji)) {
      throw new FailureException(
          Failure.BAD_REQUEST,
          "emoji must be one emoji, of at most " + Emoji.MAX_CODE_POINTS + " code points");
    }
    return (message, actor, mentions) ->
        Future.succeededFuture(
            new SetReaction(message.conversationId(), actor, message.changeSeq(), emoji, on));
  }

  /** The ack. {@code replayed} where it was so already, by the change of that number. */
  static JsonObject ack(MessageId message, MessageAmended amended) {
    return new JsonObject()
        .put("conversationId", message.conversationId().value())
        .put("messageId", message.toString())
        .put("seq", amended.seq())
        .put("changeSeq", amended.changeSeq())
        .put("version", amended.version())
        .put("durability", "persisted")
        .put("replayed", !amended.changed());
  }
}

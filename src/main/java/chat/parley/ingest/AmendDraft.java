package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Amend;
import chat.parley.bus.IngestMessages.DeleteMessage;
import chat.parley.bus.IngestMessages.EditMessage;
import chat.parley.bus.IngestMessages.SetReaction;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.event.Mentions;
import chat.parley.ingest.Drafts.NothingToDo;
import chat.parley.log.Draft;
import chat.parley.log.MessageState;
import chat.parley.log.SendKey;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.concurrent.TimeUnit;

/**
 * An edit, a delete or a reaction. Checked when its turn comes, against the members and the message
 * as the changes before it left them; the next one of the same message finds what this one made.
 */
sealed interface AmendDraft extends Draft {
  /** What all of them need. The message is shared by all drafts about it. */
  record About(
      ConversationState state, MessageState message, MessageSettings settings, Clock clock) {}

  Amend command();

  About about();

  @Override
  default UserId actorId() {
    return command().actorId();
  }

  @Override
  default UserId subjectId() {
    return null;
  }

  @Override
  default SendKey key() {
    return null;
  }

  /** The draft of a command. */
  static AmendDraft of(Amend command, About about) {
    if (command instanceof EditMessage edit) {
      return new Edit(edit, about);
    }
    return command instanceof DeleteMessage delete
        ? new Delete(delete, about)
        : new Reaction((SetReaction) command, about);
  }

  /** It is so already, by the change of this number. */
  final class AlreadySo extends NothingToDo {
    private static final long serialVersionUID = 1L;

    private final long changeSeq;

    private AlreadySo(long changeSeq) {
      this.changeSeq = changeSeq;
    }

    long changeSeq() {
      return changeSeq;
    }
  }

  /** Another body. */
  record Edit(EditMessage command, About about) implements AmendDraft {
    @Override
    public ChangeType type() {
      return ChangeType.MESSAGE_EDIT;
    }

    @Override
    public void admit() {
      MessageState message = about.message();
      MessageRules.check(command, about.state());
      MessageRules.checkEditor(command, message);
      MessageRules.checkThere(message);
      // Before the version: a retry of an edit that came through finds a later one.
      if (body().equals(message.body())) {
        throw new AlreadySo(message.bodyVersion());
      }
      if (command.ifVersion() != 0 && command.ifVersion() != message.version()) {
        throw new FailureException(
            Failure.CONFLICT, "the message has changed: it is of version " + message.version());
      }
      if (isTooLate()) {
        throw new FailureException(Failure.FORBIDDEN, "the message is too old to be edited");
      }
      MessageRules.checkRoom(message);
    }

    private boolean isTooLate() {
      long window = TimeUnit.SECONDS.toMillis(about.settings().editWindowSeconds());
      return window > 0 && about.clock().millis() - about.message().sentAt() > window;
    }

    private JsonObject body() {
      return new JsonObject(Buffer.buffer(command.body()));
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      Mentions named = command.mentions() == null ? Mentions.NONE : command.mentions();
      Mentions called =
          MessageRules.called(named, command.actorId(), about.state(), about.settings());
      JsonObject edited =
          ChangeJson.mentions(called)
              .put("body", body())
              .put("editedAt", ChangeJson.time(committedAt));
      about.message().edit(edited, changeSeq);
      return ChangeJson.amendment(this, about.message().toJson(), changeSeq, seq, committedAt);
    }
  }

  /** A tombstone in its place. */
  record Delete(DeleteMessage command, About about) implements AmendDraft {
    @Override
    public ChangeType type() {
      return ChangeType.MESSAGE_DELETE;
    }

    @Override
    public void admit() {
      Stint actor = MessageRules.check(command, about.state());
      MessageRules.checkDeleter(actor, about.message(), about.settings());
      if (about.message().isDeleted()) {
        throw new AlreadySo(about.message().bodyVersion());
      }
    }

    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      about.message().delete(changeSeq);
      return ChangeJson.amendment(this, about.message().toJson(), changeSeq, seq, committedAt);
    }
  }

  /** One user's one emoji, set or taken back. */
  record Reaction(SetReaction command, About about) implements AmendDraft {
    @Override
    public ChangeType type() {
      return ChangeType.REACTION;
    }

    @Override
    public void admit() {
      MessageState message = about.message();
      MessageRules.check(command, about.state());
      MessageRules.checkThere(message);
      long setAt = message.reactedAt(command.emoji(), command.actorId());
      if (command.on() == setAt > 0) {
        throw new AlreadySo(setAt > 0 ? setAt : message.version());
      }
      if (!command.on()) {
        return;
      }
      MessageRules.checkRoom(message);
      if (!message.hasEmoji(command.emoji()) && message.emojis() >= MessageRules.MOST_EMOJIS) {
        throw new FailureException(
            Failure.CONFLICT,
            "a message takes at most " + MessageRules.MOST_EMOJIS + " different reactions");
      }
    }

    /** Only the step: a whole message with each reaction would cost a large conversation dear. */
    @Override
    public byte[] encode(long changeSeq, long seq, long committedAt) {
      MessageState message = about.message();
      message.react(command.emoji(), command.actorId(), command.on(), changeSeq);
      return ChangeJson.reaction(this, message.seq(), changeSeq, seq, committedAt);
    }
  }
}

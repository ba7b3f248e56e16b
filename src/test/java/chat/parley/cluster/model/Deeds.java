package chat.parley.cluster.model;

import chat.parley.client.Ack;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What people asked a server for, and what they were promised: the only source from which the model
 * knows a text. Safe from any thread.
 */
final class Deeds {
  /**
   * A send into a conversation, or an edit of a message, begun; {@code ack} is null until there is
   * one.
   */
  static final class Text {
    final String conversation;
    final String actor;
    final String messageId;
    final String text;
    private Ack ack;

    private Text(String conversation, String actor, String messageId, String text) {
      this.conversation = conversation;
      this.actor = actor;
      this.messageId = messageId;
      this.text = text;
    }
  }

  /** A promise that a change of this number has this sort and was made by this user. */
  record Promised(String type, String actor, Ack ack) {}

  private final Map<String, Text> sends = new HashMap<>();
  private final List<Text> edits = new ArrayList<>();
  private final Map<String, List<Promised>> promises = new HashMap<>();
  private final Map<String, Integer> begun = new HashMap<>();
  private final Map<String, Long> acked = new HashMap<>();

  /** To be called before it is sent. */
  synchronized void sends(String conversation, String actor, String clientMsgId, String text) {
    sends.put(clientMsgId, new Text(conversation, actor, null, text));
    begun.merge(conversation, 1, Integer::sum);
  }

  synchronized void sent(String actor, Ack ack) {
    sends.get(ack.clientMsgId()).ack = ack;
    acked.merge(ack.conversationId(), ack.seq(), Math::max);
    promise("message.new", actor, ack);
  }

  /** To be called before it is sent. */
  synchronized Text edits(String actor, String messageId, String text) {
    Text edit = new Text(null, actor, messageId, text);
    edits.add(edit);
    return edit;
  }

  synchronized void edited(Text edit, Ack ack) {
    edit.ack = ack;
    promise("message.edit", edit.actor, ack);
  }

  /** A delete or a reaction has been acknowledged. */
  synchronized void amended(String type, String actor, Ack ack) {
    promise(type, actor, ack);
  }

  private void promise(String type, String actor, Ack ack) {
    promises
        .computeIfAbsent(ack.conversationId(), any -> new ArrayList<>())
        .add(new Promised(type, actor, ack));
  }

  synchronized List<Promised> promises(String conversation) {
    return List.copyOf(promises.getOrDefault(conversation, List.of()));
  }

  /** What was sent under this id; empty where nobody sent such a thing there. */
  synchronized Optional<String> textOf(String conversation, String actor, String clientMsgId) {
    return Optional.ofNullable(sends.get(clientMsgId))
        .filter(send -> send.conversation.equals(conversation) && send.actor.equals(actor))
        .map(send -> send.text);
  }

  /**
   * The text that the edit of this number brought: the one that was promised under the number, else
   * the oldest that was asked for and of which nobody knows what became.
   */
  synchronized Optional<String> editOf(String actor, String messageId, long changeSeq) {
    Text unknown = null;
    for (Text edit : edits) {
      if (edit.actor.equals(actor) && edit.messageId.equals(messageId)) {
        if (edit.ack != null && edit.ack.changeSeq() == changeSeq) {
          return Optional.of(edit.text);
        }
        unknown = unknown == null && edit.ack == null ? edit : unknown;
      }
    }
    return Optional.ofNullable(unknown).map(edit -> edit.text);
  }

  /** How many messages the conversation has at least. */
  synchronized long ackedSeq(String conversation) {
    return acked.getOrDefault(conversation, 0L);
  }

  /** How many messages the conversation has at most. */
  synchronized int begun(String conversation) {
    return begun.getOrDefault(conversation, 0);
  }
}

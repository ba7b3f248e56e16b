package chat.parley.ingest;

import chat.parley.conversation.Conversation;
import chat.parley.conversation.Members;

/**
 * What the owner knows of a conversation while it appends: who is in it as of the last change that
 * was numbered. Lives on the ingest context; thrown away with the ownership, because a change that
 * was numbered may then not be in the log.
 */
final class ConversationState {
  private final Conversation conversation;
  private final Targets targets = new Targets();
  private Members members;

  ConversationState(Conversation conversation, Members members) {
    this.conversation = conversation;
    this.members = members;
  }

  Conversation conversation() {
    return conversation;
  }

  /** The messages that are being altered. */
  Targets targets() {
    return targets;
  }

  Members members() {
    return members;
  }

  void members(Members next) {
    this.members = next;
  }
}

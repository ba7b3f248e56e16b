package chat.parley.ingest;

import chat.parley.conversation.Members;
import chat.parley.event.Mentions;
import chat.parley.model.ConversationType;
import chat.parley.model.UserId;

/** What members may do with messages, their own and others'. */
final class MessageRules {
  private MessageRules() {}

  /**
   * Of those whom a text names, whom it calls: members, and all of them where the sender may do
   * that. In a dm there is nobody to call but the one who reads it anyway.
   */
  static Mentions called(
      Mentions named, UserId sender, ConversationState state, MessageSettings settings) {
    if (named.equals(Mentions.NONE)) {
      return Mentions.NONE;
    }
    Members members = state.members();
    boolean everybody =
        named.channel()
            && state.conversation().type() != ConversationType.DM
            && (settings.membersCallChannel()
                || members.current(sender).map(stint -> stint.role().mayManage()).orElse(false));
    return new Mentions(
        named.users().stream().filter(user -> members.current(user).isPresent()).toList(),
        everybody);
  }
}

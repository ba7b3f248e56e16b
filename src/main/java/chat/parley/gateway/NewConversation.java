package chat.parley.gateway;

import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.DmPair;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client asks for with {@code POST /v1/conversations}, checked.
 *
 * @param title null for a dm, and for a group without one; a channel is found by it
 * @param ackMode for good: a dm that is there already keeps its own
 * @param members the creator first, each once
 * @param settings what else is set from the start; nothing of a dm
 */
record NewConversation(
    ConversationId conversationId,
    ConversationType type,
    String title,
    AckMode ackMode,
    List<UserId> members,
    ConversationPatch settings) {
  private static final int MAX_MEMBERS = 256;

  static NewConversation of(JsonInput json, UserId creator) {
    ConversationType type =
        json.choice("type", List.of(ConversationType.values()), ConversationType::wireName)
            .orElseThrow(() -> JsonInput.refused("type must be one of dm, group, channel"));
    AckMode ackMode =
        json.choice("ackMode", List.of(AckMode.values()), AckMode::wireName)
            .orElse(AckMode.PERSISTED);
    List<String> named = json.ids("memberIds", MAX_MEMBERS);
    return switch (type) {
      case DM -> dm(creator, named, ackMode);
      case GROUP, CHANNEL ->
          new NewConversation(
              new ConversationId(Ids.fresh()),
              type,
              json.has("title") ? PatchInput.title(json) : null,
              ackMode,
              withCreator(creator, named),
              PatchInput.settings(json));
    };
  }

  /** Title and settings sent with a dm are not kept: each side sees the other's name. */
  private static NewConversation dm(UserId creator, List<String> named, AckMode ackMode) {
    List<String> others = named.stream().filter(id -> !id.equals(creator.value())).toList();
    if (others.size() != 1) {
      throw JsonInput.refused("memberIds of a dm must name exactly one other user");
    }
    UserId other = new UserId(others.get(0));
    return new NewConversation(
        DmPair.idOf(creator, other),
        ConversationType.DM,
        null,
        ackMode,
        List.of(creator, other),
        ConversationPatch.NOTHING);
  }

  private static List<UserId> withCreator(UserId creator, List<String> named) {
    List<UserId> members = new ArrayList<>();
    members.add(creator);
    for (String id : named) {
      if (!id.equals(creator.value())) {
        members.add(new UserId(id));
      }
    }
    return members;
  }
}

package chat.parley.gateway;

import chat.parley.auth.Profile;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.QueryMessages.ConversationView;
import chat.parley.bus.QueryMessages.InboxItem;
import chat.parley.bus.QueryMessages.MemberView;
import chat.parley.event.Change;
import chat.parley.model.UserId;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** What the REST answers look like, one method an object of PROTOCOL. */
final class WireJson {
  private WireJson() {}

  static JsonObject profile(Profile profile) {
    return new JsonObject()
        .put("userId", profile.userId().value())
        .put("handle", profile.handle())
        .put("displayName", profile.displayName());
  }

  /** {@code profiles} has those of a dm's two members. */
  static JsonObject conversation(ConversationView view, Map<UserId, Profile> profiles) {
    JsonObject json =
        new JsonObject()
            .put("conversationId", view.conversationId().value())
            .put("type", view.type().wireName())
            .put("title", view.title())
            .put("createdAt", ServerFrames.time(view.createdAt()))
            .put("createdBy", view.createdBy().value())
            .put("ackMode", view.ackMode().wireName())
            .put("memberCount", view.memberCount())
            .put("topic", view.settings().topic())
            .put("avatarColor", view.settings().avatarColor())
            .put("slowModeSeconds", view.settings().slowModeSeconds())
            .put("history", view.settings().history().wireName())
            .put("memberLimit", view.settings().memberLimit())
            .put("role", view.role() == null ? null : view.role().wireName());
    if (view.dmMembers() != null && !view.dmMembers().isEmpty()) {
      JsonArray members = new JsonArray();
      view.dmMembers().forEach(user -> members.add(person(user, profiles)));
      json.put("members", members);
    }
    return json;
  }

  static JsonObject member(MemberView member, Map<UserId, Profile> profiles) {
    return person(member.userId(), profiles)
        .put("role", member.role().wireName())
        .put("joinedChangeSeq", member.joinedChangeSeq());
  }

  static JsonObject inboxItem(InboxItem item, Map<UserId, Profile> profiles) {
    JsonObject json =
        new JsonObject()
            .put("conversation", conversation(item.conversation(), profiles))
            .put("headSeq", item.headSeq())
            .put("headChangeSeq", item.headChangeSeq())
            .put("lastMessage", item.lastMessage() == null ? null : message(item.lastMessage()));
    return putState(json, item.state());
  }

  /** What {@code inbox.updated} says, and the answer to a change of settings. */
  static JsonObject inboxState(InboxState state) {
    return putState(new JsonObject().put("conversationId", state.conversationId().value()), state);
  }

  private static JsonObject putState(JsonObject json, InboxState state) {
    return json.put("unread", state.unread())
        .put("mentions", state.mentions())
        .put("readSeq", state.readSeq())
        .put("mutedUntil", state.mutedUntil() == 0 ? null : ServerFrames.time(state.mutedUntil()))
        .put("archived", state.archived())
        .put("pinnedRank", state.pinnedRank() < 0 ? null : state.pinnedRank())
        .put("privateReceipts", state.privateReceipts());
  }

  /**
   * The message of a {@code message.new} change, with where it stands. It is of its own number's
   * version as long as nobody has altered it.
   */
  static JsonObject message(Change change) {
    JsonObject message =
        new JsonObject(Buffer.buffer(change.payload()))
            .getJsonObject("message")
            .put("conversationId", change.conversationId().value())
            .put("changeSeq", change.changeSeq());
    return message.containsKey("version") ? message : message.put("version", change.changeSeq());
  }

  static JsonArray messages(List<Change> changes) {
    JsonArray items = new JsonArray();
    changes.forEach(change -> items.add(message(change)));
    return items;
  }

  /** The user with the profile where there is one. */
  private static JsonObject person(UserId user, Map<UserId, Profile> profiles) {
    Profile profile = profiles.get(user);
    return profile == null ? new JsonObject().put("userId", user.value()) : profile(profile);
  }
}

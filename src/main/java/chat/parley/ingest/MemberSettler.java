package chat.parley.ingest;

import chat.parley.conversation.ChannelNames;
import chat.parley.conversation.Conversation;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Settler;
import chat.parley.model.ConversationId;
import chat.parley.model.ConversationPatch;
import chat.parley.model.ConversationType;
import chat.parley.model.Role;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Writes what committed changes mean for members, title and settings, before they are acknowledged:
 * so whoever sees a join acknowledged finds it in the store. A group of messages, or of what is
 * done to messages, costs nothing here; of others nothing is read or written that grows with the
 * conversation.
 */
final class MemberSettler implements Settler {
  private final Conversations conversations;
  private final ChannelNames names;

  MemberSettler(Conversations conversations, ChannelNames names) {
    this.conversations = conversations;
    this.names = names;
  }

  @Override
  public Future<Void> settle(ConversationId conversation, List<Change> changes) {
    List<Change> moves = changes.stream().filter(change -> change.subjectId() != null).toList();
    List<Change> updates =
        changes.stream()
            .filter(change -> change.type() == ChangeType.CONVERSATION_UPDATED)
            .toList();
    if (moves.isEmpty() && updates.isEmpty()) {
      return Future.succeededFuture();
    }
    // Who was removed first must not see the title that the conversation was given after it.
    return (moves.isEmpty() ? Future.<Void>succeededFuture() : settleMoves(conversation, moves))
        .compose(
            moved ->
                Future.all(
                    updates.stream().map(change -> settleUpdate(conversation, change)).toList()))
        .mapEmpty();
  }

  /** In whatever order the rows are written: each bears its change's number. */
  private Future<Void> settleMoves(ConversationId conversation, List<Change> moves) {
    List<Future<List<Stint>>> stints =
        moves.stream()
            .map(Change::subjectId)
            .distinct()
            .map(user -> conversations.stints(conversation, user))
            .toList();
    return Future.all(stints)
        .compose(
            read -> {
              List<Stint> all = stints.stream().flatMap(one -> one.result().stream()).toList();
              return record(conversation, moves, new Members(all));
            });
  }

  private Future<Void> record(ConversationId conversation, List<Change> moves, Members before) {
    List<Future<Void>> written = new ArrayList<>();
    Members members = before;
    for (Change move : moves) {
      members = after(move, members);
      members
          .begunBy(move.subjectId(), move.changeSeq())
          .map(stint -> conversations.record(conversation, stint, move.changeSeq()))
          .ifPresent(written::add);
    }
    Change last = moves.get(moves.size() - 1);
    Integer count = payload(last).getInteger("memberCount");
    if (count != null) {
      written.add(conversations.recordCount(conversation, count, last.changeSeq()));
    }
    return Future.all(written).mapEmpty();
  }

  private Future<Void> settleUpdate(ConversationId conversation, Change change) {
    ConversationPatch patch = PatchJson.read(payload(change).getJsonObject("conversation"));
    Future<Void> updated = conversations.update(conversation, patch, change.changeSeq());
    return patch.title() == null
        ? updated
        : Future.all(updated, rename(conversation, patch.title())).mapEmpty();
  }

  private Future<Void> rename(ConversationId conversation, String title) {
    return conversations
        .find(conversation)
        .compose(
            found ->
                found.map(Conversation::type).filter(ConversationType.CHANNEL::equals).isPresent()
                    ? names.add(conversation, title)
                    : Future.succeededFuture());
  }

  private static Members after(Change change, Members members) {
    return switch (change.type()) {
      case MESSAGE_NEW, MESSAGE_EDIT, MESSAGE_DELETE, REACTION, CONVERSATION_UPDATED -> members;
      case MEMBER_JOINED ->
          members.join(
              new Stint(change.subjectId(), role(change), change.changeSeq(), Stint.STILL_THERE));
      case MEMBER_LEFT -> members.leave(change.subjectId(), change.changeSeq());
      case MEMBER_UPDATED ->
          members.changeRole(change.subjectId(), role(change), change.changeSeq());
    };
  }

  private static Role role(Change change) {
    return Role.valueOf(
        payload(change).getJsonObject("member").getString("role").toUpperCase(Locale.ROOT));
  }

  private static JsonObject payload(Change change) {
    return new JsonObject(Buffer.buffer(change.payload()));
  }
}

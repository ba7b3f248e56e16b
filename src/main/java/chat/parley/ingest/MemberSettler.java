package chat.parley.ingest;

import chat.parley.conversation.Conversations;
import chat.parley.conversation.Members;
import chat.parley.conversation.Stint;
import chat.parley.event.Change;
import chat.parley.log.Settler;
import chat.parley.model.ConversationId;
import chat.parley.model.Role;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Writes what committed changes mean for members and title, before they are acknowledged: so
 * whoever sees a join acknowledged finds it in the store. A group of messages, or of what is done
 * to messages, costs nothing here.
 */
final class MemberSettler implements Settler {
  private final Conversations conversations;

  MemberSettler(Conversations conversations) {
    this.conversations = conversations;
  }

  @Override
  public Future<Void> settle(ConversationId conversation, List<Change> changes) {
    List<Change> relevant =
        changes.stream()
            .filter(change -> !change.type().isMessage() && !change.type().amends())
            .toList();
    if (relevant.isEmpty()) {
      return Future.succeededFuture();
    }
    // Only of those it is about: a group's whole membership would be a long read for each join.
    List<Future<List<Stint>>> stints =
        relevant.stream()
            .map(Change::subjectId)
            .filter(Objects::nonNull)
            .distinct()
            .map(user -> conversations.stints(conversation, user))
            .toList();
    return Future.all(stints)
        .compose(
            read -> {
              List<Stint> all = stints.stream().flatMap(one -> one.result().stream()).toList();
              return settleNext(conversation, relevant, 0, new Members(all));
            });
  }

  private Future<Void> settleNext(
      ConversationId conversation, List<Change> changes, int index, Members members) {
    if (index == changes.size()) {
      return Future.succeededFuture();
    }
    Change change = changes.get(index);
    Members next = after(change, members);
    return store(conversation, change, next)
        .compose(stored -> settleNext(conversation, changes, index + 1, next));
  }

  private Future<Void> store(ConversationId conversation, Change change, Members members) {
    return switch (change.type()) {
      case MESSAGE_NEW, MESSAGE_EDIT, MESSAGE_DELETE, REACTION -> Future.succeededFuture();
      case CONVERSATION_UPDATED ->
          conversations.retitle(
              conversation,
              payload(change).getJsonObject("conversation").getString("title"),
              change.changeSeq());
      case MEMBER_JOINED, MEMBER_LEFT, MEMBER_UPDATED ->
          latest(members, change.subjectId())
              .map(stint -> conversations.record(conversation, stint, change.changeSeq()))
              .orElse(Future.succeededFuture());
    };
  }

  private static Optional<Stint> latest(Members members, UserId user) {
    List<Stint> own = members.of(user);
    return own.isEmpty() ? Optional.empty() : Optional.of(own.get(own.size() - 1));
  }

  private static Members after(Change change, Members members) {
    return switch (change.type()) {
      case MESSAGE_NEW, MESSAGE_EDIT, MESSAGE_DELETE, REACTION, CONVERSATION_UPDATED -> members;
      case MEMBER_JOINED ->
          members.join(
              new Stint(change.subjectId(), role(change), change.changeSeq(), Stint.STILL_THERE));
      case MEMBER_LEFT -> members.leave(change.subjectId(), change.changeSeq());
      case MEMBER_UPDATED -> members.changeRole(change.subjectId(), role(change));
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

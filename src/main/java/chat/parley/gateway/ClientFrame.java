package chat.parley.gateway;

import chat.parley.model.ClientMsgId;
import chat.parley.model.ConversationId;
import chat.parley.model.MessageId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.UserId;
import java.util.Map;
import java.util.Set;

/** What a client says, checked. {@code id} is the request's id, or null. */
sealed interface ClientFrame {
  /** One a frame type. */
  enum Kind {
    HELLO,
    SEND,
    AMEND,
    DELIVERED,
    READ,
    SYNC,
    TYPING,
    WATCH,
    SET_PRESENCE,
    REAUTH,
    PING
  }

  Kind kind();

  String id();

  /** Who speaks, and how far the device is. */
  record Hello(String id, String token, Map<ConversationId, Long> cursors) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.HELLO;
    }
  }

  /** A message to append. {@code replyTo} may be null. */
  record Send(
      String id,
      ConversationId conversationId,
      ClientMsgId clientMsgId,
      MessageBody body,
      String replyTo)
      implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.SEND;
    }
  }

  /** Something to do to a message that is there; {@code change} makes the command of a user. */
  record Amend(String id, MessageId messageId, AmendCommand change) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.AMEND;
    }
  }

  /** The device has these conversations up to these changes. */
  record Delivered(String id, Map<ConversationId, Long> cursors) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.DELIVERED;
    }
  }

  /** The user has read a conversation up to a message. */
  record Read(String id, ConversationId conversationId, long seq) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.READ;
    }
  }

  /** A question for changes; {@code limit} is at least 1. */
  record Sync(String id, ConversationId conversationId, long after, int limit)
      implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.SYNC;
    }
  }

  /** The user types in a conversation, or does no more. */
  record Typing(String id, ConversationId conversationId, boolean on) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.TYPING;
    }
  }

  /** The socket is to be told of the presence of these users, and of nobody else any more. */
  record Watch(String id, Set<UserId> userIds) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.WATCH;
    }
  }

  /** What the device says of its user's presence there. */
  record SetPresence(String id, PresenceStatus status) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.SET_PRESENCE;
    }
  }

  /** A new token for the session that is open. */
  record Reauth(String id, String token) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.REAUTH;
    }
  }

  /** A sign of life. */
  record Ping(String id) implements ClientFrame {
    @Override
    public Kind kind() {
      return Kind.PING;
    }
  }
}

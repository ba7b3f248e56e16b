package chat.parley.cursor;

import chat.parley.cassandra.CassandraSession;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * How far devices and users are: {@code delivered} (a changeSeq and the seq there) per device,
 * {@code read} (a seq) per user. A cursor never moves back: a write carries the cursor as its
 * timestamp, so that last-write-wins is max().
 */
public interface Cursors {
  /** The cursors in Cassandra; completes when its statements are prepared. */
  static Future<Cursors> over(CassandraSession session) {
    return CassandraCursors.prepare(session);
  }

  /** A device has everything up to here. */
  record Delivered(
      UserId userId, DeviceId deviceId, ConversationId conversationId, long changeSeq, long seq) {}

  /** A user has read messages up to here. */
  record Read(UserId userId, ConversationId conversationId, long seq) {}

  /**
   * Stores these moves; completes when all are durable. Lower values than stored change nothing.
   */
  Future<Void> move(List<Delivered> delivered, List<Read> read);

  /** The device's delivered changeSeq by conversation; one partition read. */
  Future<Map<ConversationId, Long>> deliveredTo(UserId user, DeviceId device);

  /** The user's read seq by conversation; one partition read. */
  Future<Map<ConversationId, Long>> readBy(UserId user);

  /**
   * Delivered (the furthest device's seq) and read seq of each of these users in one conversation.
   */
  Future<List<UserCursor>> of(ConversationId conversation, Collection<UserId> users);

  /** How far each of these users' devices is in one conversation, of those that have anything. */
  Future<List<DeviceCursor>> devicesOf(ConversationId conversation, Collection<UserId> users);

  /** A device has messages up to this one. */
  record DeviceCursor(UserId userId, DeviceId deviceId, long seq) {}

  /** How far one user is in one conversation; 0 where nothing is stored. */
  record UserCursor(UserId userId, long deliveredSeq, long readSeq) {}
}

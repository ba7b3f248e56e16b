package chat.parley.bus;

import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.event.Change;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import java.util.List;

/** What travels to one gateway node, for the devices that are connected there. */
public sealed interface DeliveryMessages {
  /**
   * One change and users who may see it; the gateway expands users to its own connections. Of a
   * large conversation ({@link Change#large}) these are only the users that the gateway may not
   * know to be members, for the change brings them in: the others it knows itself.
   *
   * @param onlyFor of a large conversation: who was not there at this number may not be told all
   *     that the change says, so for them the log is to be asked; 0 where all may
   */
  record Delivery(Change change, List<UserId> users, long onlyFor) {
    /** For whose eyes it is. */
    public Delivery(Change change, List<UserId> users) {
      this(change, users, 0);
    }
  }

  /**
   * Changes in order, as many as one poll of the stream brought for this gateway. Answered with
   * {@link Taken} once they are queued at the connections, and, where they made the gateway
   * interested in a large conversation, every look-up sees that; only then does the fan-out commit
   * its offset.
   */
  record DeliverChanges(List<Delivery> deliveries) implements DeliveryMessages {}

  /** Answer of {@link DeliverChanges}: how many connections took at least one of them. */
  record Taken(int connections) implements DeliveryMessages {}

  /**
   * A ready frame (UTF-8 JSON text) of soft state for these users; sent, never answered, lost
   * without harm. It is about messages up to {@code seq}, and no device is told it that has not
   * been given these: whoever sent it may not know yet that its user was removed before them.
   */
  record DeliverSoft(ConversationId conversationId, List<UserId> users, byte[] frame, long seq)
      implements DeliveryMessages {}

  /** The same for everybody here who is in this large conversation. */
  record DeliverSoftToLarge(ConversationId conversationId, byte[] frame, long seq)
      implements DeliveryMessages {}

  /**
   * What changed for this user alone, for their devices but the one that did it ({@code notTo}; may
   * be null); sent, never answered, lost without harm.
   */
  record DeliverInbox(UserId userId, DeviceId notTo, InboxState state)
      implements DeliveryMessages {}

  /**
   * Read cursors that devices moved, for their users' other devices, should any be here; sent,
   * never answered, lost without harm.
   */
  record DeliverReads(List<ReadMoved> moves) implements DeliveryMessages {}

  /** What the user's devices at one node come to now, since {@code at} by that node's clock. */
  record PresenceMove(UserId userId, PresenceStatus status, long at) {}

  /**
   * What has changed at a node of users that this gateway watches; sent, never answered. A loss is
   * found with the next beat.
   */
  record DeliverPresence(String node, List<PresenceMove> moves) implements DeliveryMessages {}

  /** A user that this gateway watches lets these see it now; sent, never answered. */
  record DeliverVisibility(UserId userId, PresenceVisibility visibleTo)
      implements DeliveryMessages {}

  /**
   * A user types, or does no more; for these users' sockets but the one of session {@code notTo}.
   * Sent, never answered, lost without harm.
   */
  record DeliverTyping(
      ConversationId conversationId, UserId userId, String notTo, boolean on, List<UserId> users)
      implements DeliveryMessages {}

  /**
   * Close the sockets of this sign-in now; published to all gateways. Another one of the same
   * device, which somebody may have begun since, goes on.
   */
  record CloseDevice(UserId userId, DeviceId deviceId, String family, int closeCode, String reason)
      implements DeliveryMessages {}
}

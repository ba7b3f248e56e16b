package chat.parley.client;

/**
 * What a device goes through, told on the group's event loop, which it must not block. Nothing is
 * kept by the client: an observer decides what of it is worth memory.
 */
public interface Observer {

  /** An observer that looks away. */
  Observer NONE = new Observer() {};

  /**
   * A change has been received: every receipt, duplicates included, in the order of arrival.
   *
   * @param connection 1 for the device's first connection, and so on
   * @param nanos monotonic time of the receipt
   */
  default void observed(Change change, Source source, int connection, long nanos) {}

  /** A change is shown to the user: once a change, in the order of changeSeq. */
  default void delivered(Change change, Source source) {}

  /** A message of this device has been acked. */
  default void acked(Ack ack, long nanos) {}

  /** A message went out again under its clientMsgId. */
  default void resent(String clientMsgId) {}

  /** The device is connected and has the server's welcome. */
  default void connected(int connection) {}

  /** The connection is gone. The code is the server's close code, or 1006 where it gave none. */
  default void disconnected(int connection, int code) {}

  /**
   * The server says that the device is too far behind to be streamed to; the client pages the rest.
   */
  default void reset(String conversationId, long headChangeSeq) {}

  /** A watched user is there, or not: how it is now, soon after {@link ChatClient#watch}. */
  default void presence(Presence presence) {}

  /** Another member types, or this user does on another device. */
  default void typing(Typing typing) {}

  /** A frame that is no change and none of the above: receipts and what else there may be. */
  default void frame(Frame frame) {}

  /**
   * The server reported a problem that belongs to no request, or a request that nobody waits for
   * failed, or what asks for no answer was too long to be sent.
   */
  default void problem(Throwable problem) {}
}

package chat.parley.client;

/** How a change reached a device. */
public enum Source {
  /** A live frame, also one that the server sent again. */
  LIVE,
  /** A frame between sync.begin and sync.end, after a connect. */
  RESYNC,
  /** An item of the answer to this client's own sync request. */
  REPAIR,
  /** The ack of this device's own message. */
  ACK
}

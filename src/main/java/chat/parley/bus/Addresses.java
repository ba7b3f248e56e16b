package chat.parley.bus;

/**
 * Every address of the bus: who sends, who listens, what a loss costs. The bus carries hints and
 * requests, never facts.
 */
public final class Addresses {
  /**
   * Gateways ask, any node with the sync role answers. A lost question times out and is answered
   * {@code unavailable}.
   */
  public static final Address<QueryMessages> QUERIES =
      new Address<>("parley.queries", QueryMessages.class);

  /**
   * Gateways send cursor moves, any node with the receipts role stores them. A lost move is sent
   * again with the next one of that cursor, or by the client's next sync.
   */
  public static final Address<ReceiptMessages> RECEIPTS =
      new Address<>("parley.receipts", ReceiptMessages.class);

  /**
   * The receipts stage sends moved cursors, any node with the fan-out role tells members' devices.
   * A loss costs a tick until the next move or the client's next look at the receipts.
   */
  public static final Address<ReceiptMessages> RECEIPT_FANOUT =
      new Address<>("parley.receipts.fanout", ReceiptMessages.class);

  /**
   * Published to every node with the receipts role: a user has chosen whether others are told of
   * their receipts. A loss costs a minute until that node knows it.
   */
  public static final Address<ReceiptMessages> ALL_RECEIPTS =
      new Address<>("parley.receipts.all", ReceiptMessages.class);

  /**
   * Gateways ask for changes of personal settings, the receipts stage says which read cursors
   * moved; any node with the inbox role answers. A lost question times out and is answered {@code
   * unavailable}; a lost move costs the user's other devices a badge until their next look.
   */
  public static final Address<InboxMessages> INBOX =
      new Address<>("parley.inbox", InboxMessages.class);

  /**
   * Gateways ask who may see whose presence, and who is to hear that somebody types; they say who
   * has gone. Any node with the presence role answers. A lost question times out and is answered
   * {@code unavailable}; a lost departure costs the time when that user was last seen.
   */
  public static final Address<PresenceMessages> PRESENCE =
      new Address<>("parley.presence", PresenceMessages.class);

  /**
   * Published to every gateway: close a device's sockets. A loss costs the time until the token's
   * expiry.
   */
  public static final Address<DeliveryMessages> ALL_GATEWAYS =
      new Address<>("parley.gateways", DeliveryMessages.class);

  /**
   * Published to every node with the ingest role: shards may be taken from their living owner. It
   * is said again with every beat, so a loss costs one, during which the owner serves on.
   */
  public static final Address<IngestMessages> ALL_INGEST =
      new Address<>("parley.ingest", IngestMessages.class);

  private Addresses() {}

  /**
   * The ingest role of one node; the shard's owner answers. A lost command is repeated; dedupe
   * makes that safe.
   */
  public static Address<IngestMessages> ingest(String nodeId) {
    return new Address<>("parley.ingest." + nodeId, IngestMessages.class);
  }

  /**
   * The gateway role of one node; the fan-out sends. A loss is found by the missing number and
   * filled from the log.
   */
  public static Address<DeliveryMessages> gateway(String nodeId) {
    return new Address<>("parley.gateway." + nodeId, DeliveryMessages.class);
  }

  /**
   * The receipts role of one node, which gathers and counts the moves of some large conversations;
   * other receipts nodes ask it. A lost question is asked again by whoever had it.
   */
  public static Address<ReceiptMessages> receipts(String nodeId) {
    return new Address<>("parley.receipts." + nodeId, ReceiptMessages.class);
  }
}

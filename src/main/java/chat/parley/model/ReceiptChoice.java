package chat.parley.model;

/** Whether the others in a conversation are told of a user's receipts. */
public enum ReceiptChoice {
  /** As the user has chosen for all conversations. */
  AS_FOR_ALL,
  /** They are not. */
  PRIVATE,
  /** They are. */
  TOLD
}

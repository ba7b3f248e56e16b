package chat.parley.verify;

/** How one would look at a finding: statements for cqlsh, and where to look in the stream. */
final class Look {
  private Look() {}

  static String row(String conversation, int bucket, long number) {
    return rows(conversation, bucket, number, number);
  }

  static String rows(String conversation, int bucket, long from, long to) {
    return "SELECT change_seq, epoch, group_first, group_length, seq, blobAsText(payload) FROM changes"
        + where(conversation)
        + " AND bucket="
        + bucket
        + (from == to
            ? " AND change_seq=" + from
            : " AND change_seq>=" + from + " AND change_seq<=" + to)
        + ";";
  }

  static String send(String conversation, int bucket, String user, String device, String id) {
    return "SELECT * FROM sends"
        + where(conversation)
        + " AND bucket="
        + bucket
        + " AND user_id="
        + quoted(user)
        + " AND device_id="
        + quoted(device)
        + " AND client_msg_id="
        + quoted(id)
        + ";";
  }

  static String amendment(String conversation, int bucket, long target) {
    return "SELECT target, change_seq, type, actor_id, blobAsText(payload) FROM amendments"
        + where(conversation)
        + " AND bucket="
        + bucket
        + " AND target="
        + target
        + ";";
  }

  /** All of a conversation's rows of a table that is keyed by it. */
  static String table(String table, String conversation) {
    return "SELECT * FROM " + table + where(conversation) + ";";
  }

  static String ofUser(String table, String user, String conversation) {
    return "SELECT * FROM "
        + table
        + " WHERE user_id="
        + quoted(user)
        + " AND conversation_id="
        + quoted(conversation)
        + ";";
  }

  static String stream(String conversation) {
    return "the changes topic, records with the key " + conversation;
  }

  private static String where(String conversation) {
    return " WHERE conversation_id=" + quoted(conversation);
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }
}

package chat.parley.verify;

import java.util.Locale;

/** Every sort of fault that can be found, what it means, and what to do. */
public enum Fault {
  HOLE(
      "numbers below the log's end have no row",
      "Changes are lost, or a replica has forgotten acked writes. Stop writing to the conversation, look at"
          + " every replica (nodetool repair brings back what one of them has), then at the stream: what is a"
          + " stream-extra there can be written back. Else restore the table from a backup."),
  GROUP(
      "rows that do not make up a whole group",
      "A part of one atomic write is missing: as for a hole. Check that nobody has set read_repair on changes."),
  SEQ(
      "seq is not the number of messages up to here",
      "Unread counts and receipts are off from here on. Look for a hole or a double before it; if there is none,"
          + " keep the rows and report it: it is a bug."),
  DOUBLE(
      "one (user, device, clientMsgId) at two numbers",
      "A retry was stored as a second message within the week in which it must not be. Both stay, since numbers"
          + " are for ever; delete one as its sender would. Keep the rows and report it: it is a bug."),
  TWO_CONTENTS(
      "one number with two committed contents",
      "Two nodes have committed under one number, or a hand has written. Readers see the higher epoch. Check that"
          + " the store runs at quorum with paxos_variant v2 and that replicas keep acked writes; report it."),
  UNREADABLE(
      "a row's content is missing or belongs to another number",
      "A write by hand, or a damaged table: compare the replicas, repair or restore the row."),
  MARK_LEADS(
      "the published mark is beyond the end of the log",
      "Recovery would begin behind what it must read: do not restart the owner before the row in published is"
          + " deleted. Then all is published again, which readers drop. If the log was restored from an older"
          + " backup, restore published from the same one."),
  MARK_OFF(
      "the published mark is not at the end of a group, or says the wrong seq or bucket",
      "As for a mark that leads: delete the row in published."),
  SEND_KEY_DANGLING(
      "a send key points to no message",
      "A retry of that send would be refused or fail. Delete the row in sends if the log has no hole there."),
  SEND_KEY_OTHER(
      "a send key points to another send's message, or one with another body",
      "A retry of that send is not known again, or refused as another body. Delete the row in sends."),
  SEND_KEY_MISSING(
      "a recent message has no send key",
      "A retry would be stored a second time. Check the TTL of sends (ten days) and the clocks; a repair of the"
          + " table brings back what one replica has."),
  AMENDMENT(
      "an edit, delete or reaction does not stand by its message as the log says",
      "The message is shown as it no longer is, or as it never was: a deleted text, perhaps. Put the row in"
          + " amendments right by the change of that number. If a delete is lacking, do it first and ask later:"
          + " its author relies on it."),
  BUCKET_INDEX(
      "the bucket index does not say what the log says",
      "History pages would be read from the wrong place. Put the row in buckets right, or delete one that is too"
          + " many."),
  STRAY_BUCKET(
      "rows in a bucket that the log never opened",
      "Nobody reads them: a write by hand, or the bucket before has lost its end. Look for a hole before it."),
  UNKNOWN_CONVERSATION(
      "a log without its conversation",
      "The row in conversations is gone: restore it. If the conversation is meant to be gone, delete its rows."),
  MEMBERSHIP(
      "members are not what the log says",
      "Somebody may read or write who should not, or may not who should. Remove and bring in the member again, or"
          + " put the row in members right."),
  INBOX(
      "a user's list of conversations is not what the log says",
      "The conversation is lacking in, or too many on, the user's list. Put the row in user_conversations right."),
  TITLE("the stored title is not the one that the log last set", "Set the title again."),
  SETTING("a stored setting is not the one that the log last set", "Set it again."),
  CURSOR(
      "a cursor is beyond the log, or at a number with another seq",
      "The device or user would never be told of what comes next. Delete the row: the client sends its own again."),
  STREAM_LACKS(
      "published, but not in the stream",
      "Devices that were connected got it late, by their sync; other readers of the topic lack it. Check the"
          + " topic's retention and min.insync.replicas. Deleting the row in published publishes all again."),
  STREAM_EXTRA(
      "in the stream, but not in the log",
      "Devices have seen a change that is not stored: a hole, a log restored from an older backup, or somebody"
          + " else writes to the topic."),
  STREAM_CONTENT(
      "in the stream with another content than in the log",
      "Devices have seen something else under this number: as for two contents. The log counts."),
  STREAM_DAMAGED(
      "a record of the stream that cannot be read",
      "Somebody else writes to the topic. Fan-out puts such records among the dead letters.");

  private final String meaning;
  private final String advice;

  Fault(String meaning, String advice) {
    this.meaning = meaning;
    this.advice = advice;
  }

  /** In a few words. */
  public String meaning() {
    return meaning;
  }

  /** What follows from it, and what to do. */
  public String advice() {
    return advice;
  }

  /** The stable word of reports. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

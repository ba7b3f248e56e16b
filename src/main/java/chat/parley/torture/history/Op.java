package chat.parley.torture.history;

/**
 * What an event is about. Which fields of {@link Event} it uses is said here; the rest is empty.
 */
public enum Op {
  /**
   * A logical send, from INVOKE to its ack (OK: changeSeq, seq and note {@code replayed} where the
   * ack said so), its refusal (FAIL) or the end of the run (INFO). Conversation, clientMsgId, hash.
   */
  SEND,
  /** INFO: the same clientMsgId went out again. */
  RESEND,
  /**
   * OK: a device received a change, each time that it does, in the order of arrival: conversation,
   * changeSeq, seq, hash, clientMsgId where it is a message, {@code subject} where a member joined
   * or left; the note is its type, the source is how it came.
   */
  RECEIVE,
  /** OK: the device showed the change to its user. Fields as for RECEIVE. */
  SHOW,
  /** INFO: the device got its welcome, or (note) lost its connection with a close code. */
  CONNECTION,
  /** A read cursor moved to {@code seq} by INVOKE; OK is the server's answer. */
  READ,
  /**
   * OK: the server said, to whoever asked or was told, that a user's ({@code subject}) read cursor
   * is at {@code seq}.
   */
  CURSOR,
  /** A user ({@code subject}) is added or removed; the note is {@code add} or {@code remove}. */
  MEMBER,
  /** OK: a change as a fresh device read it after the end, from 1 on. Fields as for RECEIVE. */
  FINAL,
  /**
   * OK: a committed change as it lies in the history store. Fields as for RECEIVE, process {@code
   * store}.
   */
  STORED,
  /** OK: a record of the event stream. Fields as for RECEIVE, process {@code stream}. */
  PUBLISHED,
  /**
   * A final reading has begun (INVOKE) and ended (OK, seq: how many changes); note: {@code
   * devices}, {@code store} or {@code stream}.
   */
  READING,
  /**
   * A fault begins (INVOKE), was seen to have happened (INFO, with what shows it), and is over
   * (OK). The note says which.
   */
  FAULT,
  /**
   * A conversation, at its beginning: note {@code dm}, {@code group} or {@code channel}; subject: a
   * member, one event each.
   */
  CAST
}

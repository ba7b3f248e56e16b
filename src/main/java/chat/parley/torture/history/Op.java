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
  /**
   * An edit, delete or reaction, from INVOKE to its ack (OK: changeSeq; source {@code replayed}
   * where the ack said that it was so already), its refusal (FAIL) or the end of the run (INFO).
   * Conversation, clientMsgId (of the kit's own making: it goes to nobody), target, the type of the
   * change as the note, the message's hash as an edit or delete leaves it, or the reaction's step.
   */
  AMEND,
  /** INFO: the same clientMsgId went out again. */
  RESEND,
  /**
   * OK: a device received a change, each time that it does, in the order of arrival: conversation,
   * changeSeq, seq, hash, clientMsgId where it is a message, {@code subject} where a member joined
   * or left or did something to a message; the note is its type, the source is how it came: {@code
   * changes} or {@code history} where the device asked for it by REST. With target, version and
   * reactions where it is of a message that was altered.
   */
  RECEIVE,
  /** OK: the device showed the change to its user. Fields as for RECEIVE. */
  SHOW,
  /**
   * INFO: the device got its welcome, or (note: the close code) lost its connection, or (note
   * {@code reset}) was told that a conversation is not streamed to it up to this changeSeq.
   */
  CONNECTION,
  /** A read cursor moved to {@code seq} by INVOKE; OK is the server's answer. */
  READ,
  /**
   * OK: the server said, to whoever asked (source {@code answer}) or was told, that a user's
   * ({@code subject}) read cursor is at {@code seq}. INVOKE: the process asks for all cursors of
   * the conversation; only an answer whose question is there can be judged.
   */
  CURSOR,
  /**
   * A user ({@code subject}) is added or removed; the note is {@code add} or {@code remove}. Each
   * attempt is an INVOKE.
   */
  MEMBER,
  /**
   * OK: a change as a fresh device read it after the end, from 1 on. Fields as for RECEIVE; the
   * source is {@code changes} or {@code history}, by which call it came.
   */
  FINAL,
  /**
   * OK: a committed change as it lies in the history store. Fields as for RECEIVE, process {@code
   * store}; user and device are a message's sender.
   */
  STORED,
  /**
   * OK: a record of the event stream, in its order. Fields as for STORED, process {@code stream}.
   */
  PUBLISHED,
  /**
   * A final reading has begun (INVOKE) and ended (OK, seq: how many changes); note: {@code
   * devices}, {@code store}, {@code stream}, {@code cursors} or {@code verify}. With a user and a
   * conversation: OK, a fresh device of that user has read that conversation, its changes (note
   * {@code devices}) or its messages (note {@code history}). INFO, process {@code verify}: what is
   * stored is wrong, in words.
   */
  READING,
  /**
   * Nobody says anything new any more. The run waits until all is answered and delivered (INVOKE),
   * and so it is (OK), or it is not within the run's patience: an INFO for each thing that is not,
   * in words; with the conversation where it is of one.
   */
  SETTLE,
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

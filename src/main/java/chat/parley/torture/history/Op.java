package chat.parley.torture.history;

/**
 * What an event is about. Which fields of {@link Event} it uses is said here; the rest is empty.
 */
public enum Op {
  /**
   * A logical send, from INVOKE to its ack (OK: changeSeq, seq and note {@code replayed} where the
   * ack said so), its refusal (FAIL, or INFO where it had gone out before; note: the code) or the
   * end of the run (INFO without a note). Conversation, clientMsgId, hash.
   */
  SEND,
  /**
   * An edit, delete or reaction, from INVOKE to its ack (OK: changeSeq; source {@code replayed}
   * where the ack said that it was so already), its refusal (FAIL, or INFO where it had gone out
   * before; source: the code) or the end of the run (INFO without a source). Conversation,
   * clientMsgId (of the kit's own making: it goes to nobody), target, the type of the change as the
   * note, the message's hash as an edit or delete leaves it, or the reaction's step.
   */
  AMEND,
  /**
   * INFO: the same clientMsgId went out again. FAIL: that attempt, by another way than the first,
   * was refused for good; the note is the code. What becomes of the first one is not said by that.
   */
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
   * {@code off}) has closed it and hears no more, or (note {@code reset}) was told that a
   * conversation is not streamed to it up to this changeSeq.
   */
  CONNECTION,
  /** A read cursor moved to {@code seq} by INVOKE; OK is the server's answer. */
  READ,
  /**
   * OK: the server said, to whoever asked (source {@code answer}) or was told, that a user's
   * ({@code subject}) read cursor is at {@code seq}, or (note {@code delivered}) that some device
   * of theirs has all messages up to there. INVOKE: the process asks for all cursors of the
   * conversation; only an answer whose question is there can be judged.
   */
  CURSOR,
  /**
   * A user ({@code subject}) is added or removed; the note is {@code add} or {@code remove}. Each
   * attempt is an INVOKE; OK is the answer, FAIL a refusal (source: the code), INFO the end of
   * patience. Of one user in one conversation the next begins when the last has ended.
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
   * (OK). The note says which. The source of the INVOKE says what may end by it: {@code parts}
   * where nodes may find themselves cut off from each other, and end themselves to be started anew;
   * {@code ends} where the target itself is to end.
   */
  FAULT,
  /**
   * INFO: a node or store ended that nobody had told to; the note says with which code, and what it
   * said last. Source {@code cut-off}: it ended itself, as it said, to be started anew.
   */
  EXIT,
  /**
   * A conversation, at its beginning: note {@code dm}, {@code group} or {@code channel}; subject: a
   * member, one event each.
   */
  CAST
}

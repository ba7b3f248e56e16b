package chat.parley.torture.check;

/** Every way in which a run can be red. */
public enum Kind {
  ACKED_LOST("an acked message is not in the log"),
  ACKED_TWICE("an acked message is in the log more than once"),
  ACKED_ELSEWHERE("an acked message is in the log under other numbers than its ack said"),
  ACKED_OTHERWISE("an acked message is in the log with another content"),
  RETRY_ANSWER("acks of one message say different numbers"),
  CMID_AT_TWO_NUMBERS("one (user, device, clientMsgId) is in the log more than once"),
  REFUSED_YET_STORED("a message that was refused for good is in the log"),
  REFUSED_WRONGLY(
      "a message, an edit, delete or reaction, a removal or a return was refused for good, and"
          + " nothing in the run explains why"),
  CONTENT_NOT_SENT("somebody saw a message that nobody sent"),
  AMENDMENT_LOST("an acked edit, delete or reaction is not in the log where its ack said"),
  AMENDED_IN_VAIN(
      "the log has an edit, delete or reaction that altered nothing, or a message that was"
          + " deleted"),
  MEMBER_LOST("an acked removal or return is not in the log"),
  DENSE("the log's numbers have a hole, or a seq does not count the messages"),
  TWO_CONTENTS("one number was seen with two contents"),
  WRONG_STATE("a message was shown otherwise than its changes up to that version made it"),
  STALE_STATE("an answer showed a message without a change that was acked before it was asked for"),
  DELETED_READ("an answer showed a text whose delete was acked before it was asked for"),
  NOT_IN_LOG("somebody was told of a number that the log does not have"),
  ORDER("a device showed numbers that do not rise"),
  SENT_AWAY("a device was sent away for good, and nobody had signed it out or banned it"),
  LACKS("a device did not show what its user was to see"),
  FINAL_LACKS("a fresh device could not read what its user may see"),
  AFTER_REMOVAL("somebody was told of a change after their removal"),
  BEFORE_JOIN("somebody was told of a change, or of a message, from before their join"),
  WITHHELD("an edit or a delete came without its message to somebody who may read that"),
  REAL_TIME("a message got a lower number than one that was seen before it was sent"),
  CURSOR_BACK("a read or delivered cursor was answered lower than it had been before"),
  NOT_PUBLISHED("a change of the log is not in the stream"),
  PUBLISHED_ORDER("the stream has a conversation's changes in another order than the log"),
  VERIFY("parley verify found what is stored to be wrong"),
  ACK_GAP("sends waited for an ack longer than this run's faults explain"),
  NODE_DIED("a node or store ended by itself, and no fault explains that"),
  UNSETTLED("nobody said anything new any more, and not all was answered and delivered in time"),
  TOO_FEW_ACKS("so few messages were acked that the run proves nothing"),
  TOO_FEW_AMENDED("so few messages were edited, deleted or reacted to that it proves nothing"),
  NO_FAULT_SEEN("a fault was to happen, and nothing shows that it did"),
  NO_READING("a reading that the verdict needs did not happen or did not end"),
  NO_SUCH_CONVERSATION("the run had no conversation of a sort that it was to have");

  private final String meaning;

  Kind(String meaning) {
    this.meaning = meaning;
  }

  /** In one sentence. */
  public String meaning() {
    return meaning;
  }
}

package chat.parley.replay;

import java.util.List;

/**
 * What a check found wrong. All zero is what the protocol promises.
 *
 * @param lostMessages acked messages that are not in the log or the history
 * @param lostDeliveries changes that a device of a member never got
 * @param doubled one message under two numbers, shown twice, or twice in the history
 * @param outOfOrder receipts, pages or a sender's own messages against the order of their numbers
 * @param contradictions a number with two contents, or a message elsewhere than its ack said
 * @param holes numbers that are missing in the log, or that do not add up
 * @param leaked receipts of changes that the user was no member for
 * @param examples the first of these in words
 */
record Findings(
    long lostMessages,
    long lostDeliveries,
    long doubled,
    long outOfOrder,
    long contradictions,
    long holes,
    long leaked,
    List<String> examples) {

  Findings {
    examples = List.copyOf(examples);
  }

  boolean clean() {
    return lostMessages + lostDeliveries + doubled + outOfOrder + contradictions + holes + leaked
        == 0;
  }
}

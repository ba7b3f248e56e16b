/**
 * What could not be handled and waits for an operator: which letters are open, and what was decided
 * about the others.
 *
 * <pre>
 *   topic parley.dead-letters   letter   the record as it was, headers dead.*       written by consumers
 *                               decision headers decision.*, no value               written here
 * </pre>
 *
 * Decisions lie in the topic of the letters, and nowhere else. Its order decides between two
 * operators who act at once; letter and decision go together when the topic's retention removes
 * them; and there is no second store whose loss or delay could show a letter wrongly. What it
 * costs: who wants the list reads the topic once and keeps some hundred bytes of each letter.
 *
 * <p>A replay is appended to the topic that the record came from before the decision is appended: a
 * crash in between shows the letter open, and replaying it again is harmless, because what a
 * consumer or a device has seen is dropped by its number.
 */
package chat.parley.letters;

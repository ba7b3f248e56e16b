package chat.parley.torture.check;

import java.time.Duration;

/**
 * How much a history has to tell.
 *
 * @param sends logical sends
 * @param acked of them
 * @param refused of them, for good
 * @param unknown of them: nobody knows what became of them
 * @param resends attempts after the first
 * @param amended edits, deletes and reactions that were acked
 * @param conversations that were cast
 * @param changes in the log
 * @param observations of changes, by devices, fresh devices and the stream
 * @param devices that took part
 * @param faults that were seen to happen
 * @param longestGap with sends waiting and no ack from any conversation
 * @param longestGapAt when it began, since the run's beginning
 * @param longestGapOfOne the same in one conversation
 * @param longestGapOfOneIn which one; empty where there is none
 * @param longestGapOfOneAt when it began
 */
public record Figures(
    long sends,
    long acked,
    long refused,
    long unknown,
    long resends,
    long amended,
    long conversations,
    long changes,
    long observations,
    long devices,
    long faults,
    Duration longestGap,
    Duration longestGapAt,
    Duration longestGapOfOne,
    String longestGapOfOneIn,
    Duration longestGapOfOneAt) {}

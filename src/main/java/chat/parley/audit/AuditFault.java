package chat.parley.audit;

import java.util.Locale;

/** What can be wrong with a chain. */
public enum AuditFault {
  /** A line is not what was sealed, or does not follow the line before it. */
  ALTERED,
  /** A number has no line. */
  MISSING,
  /** A line stands where another belongs. */
  MISPLACED,
  /** The chain ends before the line that it, or another, is known to have reached. */
  CUT_SHORT,
  /** What is said of the chain's length is not what was sealed. */
  HEAD_ALTERED,
  /** There are lines of a chain that nothing is known of. */
  UNKNOWN_CHAIN,
  /** A chain that another one knew is not there. */
  CHAIN_GONE,
  /** It is sealed with a key that is not this one: nothing else can be said of it. */
  OTHER_KEY;

  /** The word for people and programs. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}

package chat.parley.audit;

/** Something that is wrong; {@code seq} is 0 where it is not about a line. */
public record AuditFinding(AuditFault fault, String day, String chain, long seq, String detail) {
  /** In words, on one line. */
  @Override
  public String toString() {
    return fault.word()
        + " "
        + day
        + " "
        + chain
        + (seq == 0 ? "" : " line " + seq)
        + ": "
        + detail;
  }
}

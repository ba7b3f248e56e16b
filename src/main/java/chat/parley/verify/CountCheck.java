package chat.parley.verify;

import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/** Each join and leave that says how many members there are afterwards says the right number. */
final class CountCheck implements LogEvents {
  private final String conversation;
  private final Consumer<Finding> findings;
  private final Set<String> members = new HashSet<>();
  private boolean unclear;

  CountCheck(String conversation, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.findings = findings;
  }

  @Override
  public void committed(ChangeRow row) {
    if (row.type() == ChangeType.MEMBER_JOINED.code()) {
      members.add(row.subjectId());
    } else if (row.type() == ChangeType.MEMBER_LEFT.code()) {
      members.remove(row.subjectId());
    }
    String said = Content.memberCount(row);
    if (said != null && !unclear && !said.equals(String.valueOf(members.size()))) {
      unclear = true; // What follows from a wrong number is no news.
      findings.accept(
          Finding.at(
              Fault.MEMBERSHIP,
              conversation,
              row.changeSeq(),
              "the change says %s members, the log has %d".formatted(said, members.size()),
              Look.table("members", conversation)));
    }
  }

  @Override
  public void hole(long from, long to) {
    unclear = true;
  }
}

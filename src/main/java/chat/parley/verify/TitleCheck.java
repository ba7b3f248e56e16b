package chat.parley.verify;

import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** The stored title, read after the bound and before the log, is what its last change says. */
final class TitleCheck implements LogEvents {
  private final String conversation;
  private final long bound;
  private final String stored;
  private final Consumer<Finding> findings;
  private final Set<String> sound = new HashSet<>();
  private long changedAt;
  private String last;

  /** {@code stored} is null where no change has set a title. */
  TitleCheck(String conversation, long bound, String stored, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.bound = bound;
    this.stored = stored;
    this.findings = findings;
    sound.add(null);
  }

  @Override
  public void committed(ChangeRow row) {
    apply(row);
  }

  @Override
  public void likely(ChangeRow row) {
    apply(row);
  }

  private void apply(ChangeRow row) {
    if (row.type() == ChangeType.CONVERSATION_UPDATED.code()) {
      last = Content.title(row);
      changedAt = row.changeSeq();
      if (row.changeSeq() <= bound) {
        sound.clear();
      }
      sound.add(last);
    }
  }

  @Override
  public void hole(long from, long to) {
    sound.add(stored); // The change that set it may have been there.
  }

  @Override
  public void end(long end) {
    if (!sound.contains(stored)) {
      findings.accept(
          Finding.at(
              Fault.TITLE,
              conversation,
              changedAt,
              "stored is " + quoted(stored) + ", the log says " + quoted(last),
              Look.table("conversation_titles", conversation)));
    }
  }

  private static String quoted(String title) {
    return Objects.isNull(title) ? "no title" : "'" + title + "'";
  }
}

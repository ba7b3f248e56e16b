package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One thing that changes set of a conversation, its title for instance, read after the bound and
 * before the log, is what the last change that sets it says.
 */
final class SettingCheck implements LogEvents {
  /**
   * What is looked at.
   *
   * @param table where it is stored
   * @param name what it is called, in changes and in findings
   * @param in what a change sets it to, in words; null where it does not set it
   */
  record Setting(Fault fault, String table, String name, Function<ChangeRow, String> in) {
    /** A thing that {@code conversation.updated} sets. */
    static Setting updated(Fault fault, String table, String name) {
      return new Setting(fault, table, name, row -> Content.update(row, name));
    }
  }

  private final String conversation;
  private final long bound;
  private final Setting setting;
  private final String stored;
  private final Consumer<Finding> findings;
  private final Set<String> sound = new HashSet<>();
  private long changedAt;
  private String last;

  /**
   * Both values are null where there is none.
   *
   * @param first what holds before the first change
   */
  SettingCheck(
      String conversation,
      long bound,
      Setting setting,
      String first,
      String stored,
      Consumer<Finding> findings) {
    this.conversation = conversation;
    this.bound = bound;
    this.setting = setting;
    this.stored = stored;
    this.findings = findings;
    this.last = first;
    sound.add(first);
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
    String value = setting.in().apply(row);
    if (value != null) {
      last = value;
      changedAt = row.changeSeq();
      if (row.changeSeq() <= bound) {
        sound.clear();
      }
      sound.add(value);
    }
  }

  @Override
  public void hole(long from, long to) {
    sound.add(stored); // The change that set it may have been there.
  }

  @Override
  public void end(long end) {
    if (end > 0 && !sound.contains(stored)) {
      findings.accept(
          new Finding(
              setting.fault(),
              conversation,
              0, // of what is set all the time it is another one at the next look
              setting.name(),
              "stored is " + quoted(stored) + ", the log says " + quoted(last) + since(),
              Look.table(setting.table(), conversation)));
    }
  }

  private String since() {
    return changedAt == 0 ? "" : " since number " + changedAt;
  }

  private String quoted(String value) {
    return value == null ? "no " + setting.name() : setting.name() + " '" + value + "'";
  }
}

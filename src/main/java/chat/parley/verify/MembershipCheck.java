package chat.parley.verify;

import chat.parley.conversation.ConversationScan.MemberRow;
import chat.parley.conversation.ConversationScan.UserConversationRow;
import chat.parley.conversation.Stint;
import chat.parley.event.ChangeType;
import chat.parley.log.LogScan.ChangeRow;
import chat.parley.model.ConversationId;
import chat.parley.model.DmPair;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Members and the members' own lists of conversations, read after the bound and before the log, are
 * what the log's joins, leaves and changes of role say. Beyond the bound a change may be stored
 * already or not: any state that the log passes through there is sound.
 */
final class MembershipCheck implements LogEvents {
  private record Stay(long joined, long left, String role) {
    @Override
    public String toString() {
      return role + " from " + joined + (left == Stint.STILL_THERE ? " on" : " to " + left);
    }
  }

  private final String conversation;
  private final boolean dm;
  private final long bound;
  private final Consumer<Finding> findings;
  private final Map<String, List<Stay>> stored;
  private final Map<String, UserConversationRow> lists;
  private final Map<String, List<List<Stay>>> sound = new HashMap<>();
  private boolean unclear;

  /** {@code lists}: of each stored member the row about this conversation, where there is one. */
  MembershipCheck(
      String conversation,
      boolean dm,
      long bound,
      List<MemberRow> members,
      Map<String, UserConversationRow> lists,
      Consumer<Finding> findings) {
    this.conversation = conversation;
    this.dm = dm;
    this.bound = bound;
    this.findings = findings;
    this.lists = lists;
    this.stored =
        members.stream()
            .sorted(Comparator.comparingLong(MemberRow::joined))
            .collect(
                Collectors.groupingBy(
                    MemberRow::userId,
                    Collectors.mapping(
                        row -> new Stay(row.joined(), row.left(), row.role()),
                        Collectors.toList())));
  }

  @Override
  public void committed(ChangeRow row) {
    apply(row);
  }

  @Override
  public void likely(ChangeRow row) {
    apply(row);
  }

  @Override
  public void hole(long from, long to) {
    unclear = true;
  }

  private void apply(ChangeRow row) {
    if (row.subjectId() == null) {
      return;
    }
    List<List<Stay>> states = sound.computeIfAbsent(row.subjectId(), any -> fresh());
    List<Stay> next = after(row, states.get(states.size() - 1));
    if (row.changeSeq() <= bound) {
      states.clear();
    }
    states.add(next);
  }

  private static List<List<Stay>> fresh() {
    List<List<Stay>> states = new ArrayList<>(1);
    states.add(List.of());
    return states;
  }

  private static List<Stay> after(ChangeRow row, List<Stay> before) {
    List<Stay> stays = new ArrayList<>(before);
    Stay last = stays.isEmpty() ? null : stays.get(stays.size() - 1);
    boolean lasts = last != null && last.left() == Stint.STILL_THERE;
    int at = stays.size() - 1;
    if (row.type() == ChangeType.MEMBER_JOINED.code() && !lasts) {
      stays.add(new Stay(row.changeSeq(), Stint.STILL_THERE, Content.role(row)));
    } else if (row.type() == ChangeType.MEMBER_LEFT.code() && lasts) {
      stays.set(at, new Stay(last.joined(), row.changeSeq(), last.role()));
    } else if (row.type() == ChangeType.MEMBER_UPDATED.code() && lasts) {
      stays.set(at, new Stay(last.joined(), last.left(), Content.role(row)));
    }
    return stays;
  }

  @Override
  public void end(long last) {
    if (unclear || dm && last == 0) {
      return; // A dm without a message may still be in the making.
    }
    if (dm && !isPair()) {
      report(0, "", "a dm has the two members that its id is made of, not " + stored.keySet());
    }
    Set<String> users = new TreeSet<>(stored.keySet());
    users.addAll(sound.keySet());
    for (String user : users) {
      List<List<Stay>> states = dm ? List.of(pairMember()) : sound.getOrDefault(user, fresh());
      checkMember(user, states);
      if (stored.containsKey(user)) {
        checkList(user, states);
      }
    }
  }

  private static List<Stay> pairMember() {
    return List.of(new Stay(0, Stint.STILL_THERE, "member"));
  }

  private boolean isPair() {
    List<UserId> pair =
        stored.keySet().stream().filter(Ids::isValid).map(UserId::new).sorted(byValue()).toList();
    return pair.size() == 2
        && stored.size() == 2
        && DmPair.idOf(pair.get(0), pair.get(1)).equals(new ConversationId(conversation));
  }

  private static Comparator<UserId> byValue() {
    return Comparator.comparing(UserId::value);
  }

  private void checkMember(String user, List<List<Stay>> states) {
    List<Stay> found = stored.getOrDefault(user, List.of());
    if (!states.contains(found)) {
      List<Stay> due = states.get(states.size() - 1);
      report(differsAt(due, found), user, "stored is " + found + ", the log says " + due);
    }
  }

  private static long differsAt(List<Stay> due, List<Stay> found) {
    for (int i = 0; i < Math.max(due.size(), found.size()); i++) {
      Stay one = i < due.size() ? due.get(i) : found.get(i);
      Stay other = i < found.size() ? found.get(i) : one;
      if (i >= due.size() || i >= found.size() || one.joined() != other.joined()) {
        return one.joined();
      }
      if (one.left() != other.left()) {
        return Math.min(one.left(), other.left());
      }
      if (!Objects.equals(one.role(), other.role())) {
        return one.joined();
      }
    }
    return 0;
  }

  private void checkList(String user, List<List<Stay>> states) {
    UserConversationRow found = lists.get(user);
    boolean isSound =
        states.stream().map(MembershipCheck::listRow).anyMatch(due -> Objects.equals(due, found));
    if (!isSound) {
      UserConversationRow due = listRow(states.get(states.size() - 1));
      findings.accept(
          new Finding(
              Fault.INBOX,
              conversation,
              due == null ? found.joined() : due.joined(),
              "user " + user,
              "the list says " + said(found) + ", the log " + said(due),
              Look.ofUser("user_conversations", user, conversation)));
    }
  }

  private static String said(UserConversationRow row) {
    return row == null
        ? "nothing"
        : "from " + row.joined() + (row.left() == Stint.STILL_THERE ? " on" : " to " + row.left());
  }

  private static UserConversationRow listRow(List<Stay> stays) {
    if (stays.isEmpty()) {
      return null;
    }
    Stay last = stays.get(stays.size() - 1);
    return new UserConversationRow(last.joined(), last.left());
  }

  private void report(long number, String user, String what) {
    findings.accept(
        new Finding(
            Fault.MEMBERSHIP,
            conversation,
            number,
            user.isEmpty() ? "" : "user " + user,
            what,
            Look.table("members", conversation)));
  }
}

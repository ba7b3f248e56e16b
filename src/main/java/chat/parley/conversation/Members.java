package chat.parley.conversation;

import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * All stints of a conversation: the one place that says who may see and who may send. "May this
 * user see this?" is a comparison of numbers, the same for live fan-out, history, sync and
 * receipts. Immutable.
 */
public final class Members {
  /** A conversation without members. */
  public static final Members NONE = new Members(List.of());

  private final Map<UserId, List<Stint>> stints;

  public Members(Collection<Stint> all) {
    Map<UserId, List<Stint>> byUser = new HashMap<>();
    for (Stint stint : all) {
      byUser.computeIfAbsent(stint.userId(), any -> new ArrayList<>(1)).add(stint);
    }
    byUser
        .values()
        .forEach(
            list -> list.sort((a, b) -> Long.compare(a.joinedChangeSeq(), b.joinedChangeSeq())));
    this.stints = byUser;
  }

  /** The user's stint that lasts now. */
  public Optional<Stint> current(UserId user) {
    List<Stint> own = stints.getOrDefault(user, List.of());
    return own.isEmpty() || !own.get(own.size() - 1).lasts()
        ? Optional.empty()
        : Optional.of(own.get(own.size() - 1));
  }

  /** All stints of a user, oldest first; empty for someone who never was a member. */
  public List<Stint> of(UserId user) {
    return List.copyOf(stints.getOrDefault(user, List.of()));
  }

  /** Whether the user may see the change of this number. */
  public boolean maySee(UserId user, long changeSeq) {
    for (Stint stint : stints.getOrDefault(user, List.of())) {
      if (stint.covers(changeSeq)) {
        return true;
      }
    }
    return false;
  }

  /** Everybody who may see the change of this number. */
  public List<UserId> audience(long changeSeq) {
    List<UserId> users = new ArrayList<>();
    stints.forEach(
        (user, own) -> {
          if (own.stream().anyMatch(stint -> stint.covers(changeSeq))) {
            users.add(user);
          }
        });
    return users;
  }

  /** The stints that last now. */
  public List<Stint> current() {
    return stints.values().stream()
        .map(own -> own.get(own.size() - 1))
        .filter(Stint::lasts)
        .toList();
  }

  /** Every stint, those that ended too. */
  public List<Stint> all() {
    return stints.values().stream().flatMap(List::stream).toList();
  }

  /**
   * These members after the user joined with a change of this number; a lasting stint stays as it
   * is.
   */
  public Members join(Stint joined) {
    if (current(joined.userId()).isPresent() || of(joined.userId()).contains(joined)) {
      return this;
    }
    List<Stint> all = new ArrayList<>(all());
    all.add(joined);
    return new Members(all);
  }

  /** These members after the user left with a change of this number. */
  public Members leave(UserId user, long changeSeq) {
    return replaceCurrent(
        user, stint -> new Stint(user, stint.role(), stint.joinedChangeSeq(), changeSeq));
  }

  /** These members after the user's role changed. */
  public Members changeRole(UserId user, Role role) {
    return replaceCurrent(
        user, stint -> new Stint(user, role, stint.joinedChangeSeq(), stint.leftChangeSeq()));
  }

  private Members replaceCurrent(UserId user, UnaryOperator<Stint> mend) {
    Optional<Stint> current = current(user);
    if (current.isEmpty()) {
      return this;
    }
    List<Stint> all = new ArrayList<>(all());
    all.remove(current.get());
    all.add(mend.apply(current.get()));
    return new Members(all);
  }
}

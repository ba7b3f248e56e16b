package chat.parley.conversation;

import chat.parley.model.Role;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/**
 * All stints of a conversation. Immutable; what comes of a join shares with what was before all but
 * some square root of the members, so that the members of a large channel may come one by one.
 */
public final class Members {
  /** A conversation without members. */
  public static final Members NONE = new Members(List.of());

  private static final int LEAST_MOVED = 32;

  /** Everybody's stints as of some time ago; shared, never written to again. */
  private final Map<UserId, List<Stint>> base;

  /** The stints of those that moved since; they stand before the base's. */
  private final Map<UserId, List<Stint>> moved;

  private final int count;
  private final int owners;

  public Members(Collection<Stint> all) {
    this(byUser(all), Map.of());
  }

  private Members(Map<UserId, List<Stint>> base, Map<UserId, List<Stint>> moved) {
    this.base = base;
    this.moved = moved;
    int lasting = 0;
    int owning = 0;
    for (List<Stint> own : base.values()) {
      lasting += isThere(own) ? 1 : 0;
      owning += isOwner(own) ? 1 : 0;
    }
    this.count = lasting;
    this.owners = owning;
  }

  private Members(
      Map<UserId, List<Stint>> base, Map<UserId, List<Stint>> moved, int count, int owners) {
    this.base = base;
    this.moved = moved;
    this.count = count;
    this.owners = owners;
  }

  private static Map<UserId, List<Stint>> byUser(Collection<Stint> all) {
    Map<UserId, List<Stint>> byUser = new HashMap<>();
    for (Stint stint : all) {
      byUser.computeIfAbsent(stint.userId(), any -> new ArrayList<>(1)).add(stint);
    }
    byUser.replaceAll(
        (user, own) ->
            own.size() == 1
                ? List.of(own.get(0))
                : own.stream().sorted(Comparator.comparingLong(Stint::joinedChangeSeq)).toList());
    return byUser;
  }

  /** Where the user stands; for someone who never was a member as a stranger. */
  public Standing standing(UserId user) {
    return new Standing(of(user));
  }

  /** The user's stint that lasts now. */
  public Optional<Stint> current(UserId user) {
    List<Stint> own = of(user);
    return isThere(own) ? Optional.of(last(own)) : Optional.empty();
  }

  /** All stints of a user, oldest first; empty for someone who never was a member. */
  public List<Stint> of(UserId user) {
    List<Stint> own = moved.get(user);
    return own != null ? own : base.getOrDefault(user, List.of());
  }

  /** How many are there now. */
  public int count() {
    return count;
  }

  /** How many of these are owners. */
  public int owners() {
    return owners;
  }

  /** Whether the change of this number is delivered to the user. */
  public boolean maySee(UserId user, long changeSeq) {
    return standing(user).wasThere(changeSeq);
  }

  /** Everybody to whom the change of this number is delivered. */
  public List<UserId> audience(long changeSeq) {
    List<UserId> users = new ArrayList<>();
    forEach(
        (user, own) -> {
          if (new Standing(own).wasThere(changeSeq)) {
            users.add(user);
          }
        });
    return users;
  }

  /** The stints that last now. */
  public List<Stint> current() {
    List<Stint> lasting = new ArrayList<>(count);
    forEach(
        (user, own) -> {
          if (isThere(own)) {
            lasting.add(last(own));
          }
        });
    return lasting;
  }

  /** Every stint, those that ended too. */
  public List<Stint> all() {
    List<Stint> all = new ArrayList<>(base.size());
    forEach((user, own) -> all.addAll(own));
    return all;
  }

  /**
   * These members after the user joined with a change of this number; a lasting stint that began
   * before stays as it is, and so does one of this very number, though it has ended since. Where
   * what was read is ahead of the change a later stint is there already: the join stands before it.
   */
  public Members join(Stint joined) {
    List<Stint> own = of(joined.userId());
    int before = lastBegunBy(own, joined.joinedChangeSeq());
    if (before >= 0
        && (own.get(before).lasts()
            || own.get(before).joinedChangeSeq() == joined.joinedChangeSeq())) {
      return this;
    }
    List<Stint> more = new ArrayList<>(own);
    more.add(before + 1, joined);
    return with(joined.userId(), List.copyOf(more));
  }

  /**
   * These members after the user left with a change of this number. Where what was read is ahead of
   * the change a later stint is there already: the one that it ends began before it.
   */
  public Members leave(UserId user, long changeSeq) {
    return replaceLasting(
        user,
        changeSeq,
        stint -> new Stint(user, stint.role(), stint.joinedChangeSeq(), changeSeq));
  }

  /** These members after the user's role changed with a change of this number. */
  public Members changeRole(UserId user, Role role, long changeSeq) {
    return replaceLasting(
        user,
        changeSeq,
        stint -> new Stint(user, role, stint.joinedChangeSeq(), stint.leftChangeSeq()));
  }

  /** The user's last stint that began with this number or before; empty where there is none. */
  public Optional<Stint> begunBy(UserId user, long changeSeq) {
    List<Stint> own = of(user);
    int at = lastBegunBy(own, changeSeq);
    return at < 0 ? Optional.empty() : Optional.of(own.get(at));
  }

  private static int lastBegunBy(List<Stint> own, long changeSeq) {
    int at = own.size() - 1;
    while (at >= 0 && own.get(at).joinedChangeSeq() > changeSeq) {
      at--;
    }
    return at;
  }

  private Members replaceLasting(UserId user, long changeSeq, UnaryOperator<Stint> mend) {
    List<Stint> own = of(user);
    int at = lastBegunBy(own, changeSeq);
    if (at < 0 || !own.get(at).lasts()) {
      return this;
    }
    List<Stint> mended = new ArrayList<>(own);
    mended.set(at, mend.apply(own.get(at)));
    return with(user, List.copyOf(mended));
  }

  private Members with(UserId user, List<Stint> next) {
    List<Stint> before = of(user);
    int nextCount = count + (isThere(next) ? 1 : 0) - (isThere(before) ? 1 : 0);
    int nextOwners = owners + (isOwner(next) ? 1 : 0) - (isOwner(before) ? 1 : 0);
    Map<UserId, List<Stint>> more = new HashMap<>(moved);
    more.put(user, next);
    if (more.size() <= Math.max(LEAST_MOVED, (int) Math.sqrt(base.size()))) {
      return new Members(base, more, nextCount, nextOwners);
    }
    Map<UserId, List<Stint>> merged = new HashMap<>(base);
    merged.putAll(more);
    return new Members(merged, Map.of(), nextCount, nextOwners);
  }

  private void forEach(BiConsumer<UserId, List<Stint>> each) {
    base.forEach(
        (user, own) -> {
          if (!moved.containsKey(user)) {
            each.accept(user, own);
          }
        });
    moved.forEach(each);
  }

  private static boolean isThere(List<Stint> own) {
    return !own.isEmpty() && last(own).lasts();
  }

  private static boolean isOwner(List<Stint> own) {
    return isThere(own) && last(own).role() == Role.OWNER;
  }

  private static Stint last(List<Stint> own) {
    return own.get(own.size() - 1);
  }
}

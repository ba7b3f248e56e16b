package chat.parley.receipts;

import chat.parley.cursor.Cursors;
import chat.parley.cursor.Cursors.UserCursor;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The cursors of one large conversation, in memory: how far everybody is, what of that is not
 * stored yet, and what was told last. Rebuilt from the stored cursors wherever it is begun. Knows
 * no clock and asks for nothing; not thread-safe.
 *
 * <p>It keeps a member to two writes in any stretch of a flush's length: the first move of a read
 * cursor after a quiet flush is stored at once, all that follow wait for the next flush, and the
 * delivered cursors of the user's devices go with them in one mutation.
 */
final class Ledger {
  /** What is to be stored now. */
  record Writes(List<Cursors.Delivered> delivered, List<Cursors.Read> read) {
    Writes() {
      this(new ArrayList<>(), new ArrayList<>());
    }

    boolean isEmpty() {
      return delivered.isEmpty() && read.isEmpty();
    }
  }

  /** So many have message {@code seq}, and so many have read it. */
  record Counts(long seq, long delivered, long read) {}

  private static final long NEVER = -1;

  private static final class Account {
    private final UserId user;
    private final Map<DeviceId, Cursors.Delivered> unstored = new HashMap<>(2);
    private final Map<DeviceId, Long> stored = new HashMap<>(2);
    private long delivered;
    private long read;
    private Cursors.Read unstoredRead;
    private long lastWrite = NEVER;

    Account(UserId user) {
      this.user = user;
    }
  }

  private final LargeSettings settings;
  private final Map<UserId, Account> accounts = new HashMap<>();
  private final Set<UserId> moved = new HashSet<>();

  /** Also those of whom the latest is not worth a write of its own. */
  private final Set<UserId> unstored = new HashSet<>();

  private long seq;
  private boolean changed;
  private Counts told = new Counts(0, 0, 0);

  Ledger(LargeSettings settings) {
    this.settings = settings;
  }

  /** What is stored. */
  void rebuild(Collection<UserCursor> stored) {
    for (UserCursor cursor : stored) {
      // Who has read it has it, though the delivery's own receipt is not stored.
      rise(
          account(cursor.userId()),
          Math.max(cursor.deliveredSeq(), cursor.readSeq()),
          cursor.readSeq());
    }
  }

  /** Only these are members: the others count no more. To be called after a {@link #flush}. */
  void keepOnly(Set<UserId> members) {
    changed |= accounts.entrySet().removeIf(entry -> !members.contains(entry.getKey()));
    moved.retainAll(members);
    unstored.retainAll(members);
  }

  private Account account(UserId user) {
    return accounts.computeIfAbsent(user, any -> new Account(user));
  }

  private void rise(Account account, long delivered, long read) {
    if (delivered > account.delivered || read > account.read) {
      account.delivered = Math.max(account.delivered, delivered);
      account.read = Math.max(account.read, read);
      seq = Math.max(seq, account.delivered);
      changed = true;
    }
  }

  /**
   * Takes moves in. What is to be stored at once is added to {@code writes} and counts as stored:
   * put it back with {@link #unstored} where it was not.
   *
   * @param now milliseconds of any clock that does not go back
   * @param durable somebody waits for all of it
   */
  void move(CursorMover.Resolved moves, boolean durable, long now, Writes writes) {
    for (Cursors.Delivered move : moves.delivered()) {
      Account account = account(move.userId());
      rise(account, move.seq(), 0);
      keep(account, move);
      moved.add(move.userId());
      if (durable) {
        write(account, true, now, writes);
      }
    }
    for (Cursors.Read move : moves.read()) {
      Account account = account(move.userId());
      boolean rises = move.seq() > account.read;
      if (rises) {
        rise(account, move.seq(), move.seq());
        keep(account, move);
        moved.add(move.userId());
      }
      if (durable || rises && isQuiet(account, now)) {
        write(account, true, now, writes);
      }
    }
  }

  private boolean isQuiet(Account account, long now) {
    return account.lastWrite == NEVER || now - account.lastWrite >= settings.flushMs();
  }

  private void keep(Account account, Cursors.Delivered move) {
    unstored.add(account.user);
    account.unstored.merge(move.deviceId(), move, (a, b) -> a.changeSeq() >= b.changeSeq() ? a : b);
  }

  private void keep(Account account, Cursors.Read move) {
    unstored.add(account.user);
    if (account.unstoredRead == null || move.seq() > account.unstoredRead.seq()) {
      account.unstoredRead = move;
    }
  }

  /** What has gathered since the last flush and is worth a write. */
  Writes flush(long now) {
    return flush(now, 0, 1);
  }

  /** The same of one of so many parts of the users, each of whom is always in the same one. */
  Writes flush(long now, int part, int parts) {
    Writes writes = new Writes();
    moved.removeIf(
        user -> {
          boolean due = Math.floorMod(user.hashCode(), parts) == part;
          if (due) {
            Account account = accounts.get(user);
            write(account, account.unstoredRead != null, now, writes);
          }
          return due;
        });
    return writes;
  }

  /** All that is not stored of so many users, also what is not worth a write: they stay away. */
  Writes rest(long now, int users) {
    Writes writes = new Writes();
    for (UserId user : unstored.stream().limit(users).toList()) {
      write(accounts.get(user), true, now, writes);
      moved.remove(user);
    }
    return writes;
  }

  /** Whether the store has all of it, as far as its writes are done. */
  boolean isStored() {
    return unstored.isEmpty();
  }

  /** All of a user's cursors in one, or only what is far enough beyond what is stored. */
  private void write(Account account, boolean all, long now, Writes writes) {
    List<Cursors.Delivered> due =
        account.unstored.values().stream().filter(move -> all || isFar(account, move)).toList();
    if (due.isEmpty() && account.unstoredRead == null) {
      return;
    }
    for (Cursors.Delivered move : due) {
      account.unstored.remove(move.deviceId());
      account.stored.merge(move.deviceId(), move.changeSeq(), Math::max);
      writes.delivered().add(move);
    }
    if (account.unstoredRead != null) {
      writes.read().add(account.unstoredRead);
      account.unstoredRead = null;
    }
    account.lastWrite = now;
    if (account.unstored.isEmpty()) {
      unstored.remove(account.user);
    }
  }

  /**
   * Whether a step of the device lies between the two; each device has its steps at numbers of its
   * own, or all would be written at the same message. Of a device of which nothing is known to be
   * stored everything is.
   */
  private boolean isFar(Account account, Cursors.Delivered move) {
    Long stored = account.stored.get(move.deviceId());
    return stored == null || stepOf(move, move.changeSeq()) > stepOf(move, stored);
  }

  private long stepOf(Cursors.Delivered move, long changeSeq) {
    int step = settings.deliveredStep();
    return (changeSeq + Math.floorMod(move.userId().hashCode(), step)) / step;
  }

  /** These were not stored after all: they go with the next flush. */
  void unstored(Writes writes) {
    for (Cursors.Delivered move : writes.delivered()) {
      Account account = account(move.userId());
      account.stored.remove(move.deviceId());
      keep(account, move);
      moved.add(move.userId());
    }
    for (Cursors.Read move : writes.read()) {
      keep(account(move.userId()), move);
      moved.add(move.userId());
    }
  }

  boolean hasNews() {
    return changed;
  }

  /** The counts of the latest message that somebody has; null where they were told so already. */
  Counts news() {
    if (!changed) {
      return null;
    }
    changed = false;
    Counts now = counts(seq, null);
    if (now.equals(told)) {
      return null;
    }
    told = now;
    return now;
  }

  /** The counts of a message without one user, who may be null. */
  Counts counts(long of, UserId without) {
    long delivered = 0;
    long read = 0;
    for (Map.Entry<UserId, Account> entry : accounts.entrySet()) {
      if (!entry.getKey().equals(without)) {
        delivered += entry.getValue().delivered >= of ? 1 : 0;
        read += entry.getValue().read >= of ? 1 : 0;
      }
    }
    return new Counts(of, delivered, read);
  }
}

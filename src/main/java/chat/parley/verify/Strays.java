package chat.parley.verify;

import chat.parley.conversation.ConversationScan.ListRow;
import chat.parley.log.LogScan.Partition;
import chat.parley.log.LogScan.Table;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds what no walk along a conversation meets: logs without a conversation, rows in buckets that
 * no log opened, entries of users' lists that no membership stands behind.
 */
final class Strays {
  /** Of each sort; some 250 MB. */
  private static final int MOST_KNOWN = 4_000_000;

  private static final int PAGE = 500;

  private final StoreReads reads;
  private final Stores stores;
  private final VerifyProgress progress;
  private final Consumer<Finding> findings;
  private final Runnable pause;
  private final Set<Long> known = new HashSet<>();
  private final Set<Long> memberships = new HashSet<>();

  /** {@code pause}: waits before a second look. */
  Strays(
      StoreReads reads,
      Stores stores,
      VerifyProgress progress,
      Consumer<Finding> findings,
      Runnable pause) {
    this.reads = reads;
    this.stores = stores;
    this.progress = progress;
    this.findings = findings;
    this.pause = pause;
  }

  /** The share of all tokens up to this one: so much of a table that is read in their order. */
  static double shareOfRing(long token) {
    BigInteger from = BigInteger.valueOf(token).subtract(BigInteger.valueOf(Long.MIN_VALUE));
    return from.doubleValue() / 0x1p64;
  }

  /** The conversation is there, and these are or were its members. */
  void known(String conversation, Set<String> members) {
    if (known.size() < MOST_KNOWN) {
      known.add(Content.key(conversation, null, null));
    }
    if (memberships.size() < MOST_KNOWN) {
      members.forEach(user -> memberships.add(membership(conversation, user)));
    }
  }

  /** Looks; what does not fit into memory is looked up one by one. */
  void look() {
    partitions(Table.CHANGES, "logs");
    partitions(Table.SENDS, "send keys");
    partitions(Table.AMENDMENTS, "amendments");
    lists();
  }

  private void partitions(Table table, String phase) {
    long after = Long.MIN_VALUE;
    List<Partition> page;
    do {
      long from = after;
      page = reads.rows(() -> stores.log().partitions(table, from, PAGE));
      for (Partition one : page) {
        after = one.token();
        check(table, one);
        progress.at(phase, shareOfRing(after), "");
      }
    } while (page.size() == PAGE);
    progress.at(phase, 1, "");
  }

  private void check(Table table, Partition one) {
    if (!isKnown(one.conversation())) {
      unknown(one.conversation(), table);
    } else if (one.bucket() != 0 && !isIndexed(one)) {
      // An index row is stored before the first row of its bucket, so it must be there by now.
      findings.accept(
          Finding.stray(
              one.conversation(),
              one.bucket(),
              "there are rows of " + name(table) + ", but the index has no such bucket"));
    }
  }

  private boolean isIndexed(Partition one) {
    return reads.rows(() -> stores.log().buckets(one.conversation())).stream()
        .anyMatch(row -> row.bucket() == one.bucket());
  }

  /** A conversation is stored before its log's first row, so a new one is found when looked up. */
  private boolean isKnown(String conversation) {
    return known.contains(Content.key(conversation, null, null))
        || reads.one(() -> stores.conversations().conversation(conversation)).isPresent();
  }

  void unknown(String conversation, Table table) {
    findings.accept(
        new Finding(
            Fault.UNKNOWN_CONVERSATION,
            conversation,
            0,
            name(table),
            "there are rows of " + name(table) + ", but no such conversation",
            Look.table("conversations", conversation)));
  }

  private static String name(Table table) {
    return switch (table) {
      case CHANGES -> "changes";
      case SENDS -> "sends";
      case AMENDMENTS -> "amendments";
    };
  }

  private void lists() {
    long from = Long.MIN_VALUE;
    int limit = PAGE;
    boolean more = true;
    while (more) {
      long start = from;
      int most = limit;
      List<ListRow> page = reads.rows(() -> stores.conversations().lists(start, most));
      page.forEach(this::check);
      more = page.size() == most;
      if (more) {
        long last = page.get(page.size() - 1).token();
        limit = last == from ? 2 * limit : limit; // one user's rows may fill a page
        from = last;
        progress.at("lists", shareOfRing(from), "");
      }
    }
    progress.at("lists", 1, "");
  }

  private void check(ListRow row) {
    if (memberships.contains(membership(row.conversation(), row.userId())) || isMember(row)) {
      return;
    }
    pause.run(); // The two directions of a membership are written side by side.
    if (!isMember(row)) {
      findings.accept(
          new Finding(
              Fault.INBOX,
              row.conversation(),
              row.joined(),
              "user " + row.userId(),
              "the conversation is on the list of somebody who never was a member",
              Look.ofUser("user_conversations", row.userId(), row.conversation())));
    }
  }

  private boolean isMember(ListRow row) {
    return reads.rows(() -> stores.conversations().members(row.conversation())).stream()
        .anyMatch(member -> member.userId().equals(row.userId()));
  }

  private static long membership(String conversation, String user) {
    return Content.key(conversation, user, null);
  }
}

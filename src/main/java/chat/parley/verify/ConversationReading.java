package chat.parley.verify;

import chat.parley.conversation.ConversationScan;
import chat.parley.conversation.ConversationScan.ConversationRow;
import chat.parley.conversation.ConversationScan.MemberRow;
import chat.parley.conversation.ConversationScan.UserConversationRow;
import chat.parley.cursor.CursorScan.DeliveredRow;
import chat.parley.log.LogScan;
import chat.parley.log.LogScan.AmendmentRow;
import chat.parley.log.LogScan.BucketRow;
import chat.parley.log.LogScan.MarkRow;
import chat.parley.log.LogScan.SendRow;
import chat.parley.model.HistoryVisibility;
import chat.parley.verify.SettingCheck.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;

/**
 * One look at everything that is stored of one conversation, in the order that the package's
 * description gives reasons for.
 */
final class ConversationReading {
  private static final int PAGE = 500;

  /** What channels are made with. */
  private static final Map<String, String> SET_OF_CHANNELS =
      Map.of("history", HistoryVisibility.ALL.wireName());

  /**
   * What a look is remembered by.
   *
   * @param digests what the stream must hold
   * @param members all that are or were
   */
  record Seen(StreamDigests digests, Set<String> members) {}

  private final StoreReads reads;
  private final Stores stores;
  private final ConversationRow conversation;
  private final String id;
  private final Consumer<Finding> findings;
  private final VerifyCounts counts;
  private final LogPass pass;

  ConversationReading(
      StoreReads reads,
      Stores stores,
      ConversationRow conversation,
      Consumer<Finding> findings,
      VerifyCounts counts) {
    this.reads = reads;
    this.stores = stores;
    this.conversation = conversation;
    this.id = conversation.conversation();
    this.findings = findings;
    this.counts = counts;
    this.pass = new LogPass(reads, stores.log(), id);
  }

  /**
   * Looks.
   *
   * @param recentSince messages since then must have their send key
   * @param held of what was committed before, the stream may have removed the record
   * @param walked hears which share of the log is read
   */
  Seen look(long recentSince, StreamKept held, DoubleConsumer walked) {
    LogScan log = stores.log();
    MarkRow mark = reads.one(() -> log.mark(id)).orElse(null);
    List<BucketRow> guess = reads.rows(() -> log.buckets(id));
    LogBound bound = LogBound.of(reads, log, id, mark, guess);
    List<LogEvents> checks = new ArrayList<>();
    List<BucketRow> buckets = reads.rows(() -> log.buckets(id));
    checks.add(new BucketCheck(id, buckets, findings));
    checks.add(amendments(bound, buckets));
    Set<String> members = new LinkedHashSet<>();
    if (ofKnownType()) {
      addMembers(bound, checks, members);
    }
    checks.add(new SequenceCheck(id, findings));
    if (mark != null) {
      checks.add(new MarkCheck(id, mark, findings));
    }
    StreamDigests digests = new StreamDigests(id, mark == null ? 0 : mark.changeSeq(), held);
    checks.add(digests);
    SendCheck sends = new SendCheck(id, bound.number(), recentSince, findings);
    checks.add(sends);
    LogEvents events = LogEvents.all(checks);
    LogWalk walk = new LogWalk(id, bound.number(), events, findings);
    walk(walk, bound, sends, walked);
    events.end(walk.next() - 1);
    counts.conversations++;
    counts.sendKeys += sends.keys();
    return new Seen(digests, members);
  }

  /** Read before the log: what is there must then be in a row that is read afterwards. */
  private AmendmentCheck amendments(LogBound bound, List<BucketRow> buckets) {
    AmendmentCheck check = new AmendmentCheck(id, buckets, findings);
    for (int one = 0; one <= bound.topBucket(); one++) {
      int bucket = one;
      AmendmentRow last = null;
      List<AmendmentRow> rows;
      do {
        long target = last == null ? 0 : last.target();
        long change = last == null ? 0 : last.changeSeq();
        rows = reads.rows(() -> stores.log().amendments(id, bucket, target, change, PAGE));
        rows.forEach(check::stored);
        last = rows.isEmpty() ? last : rows.get(rows.size() - 1);
      } while (rows.size() == PAGE);
    }
    return check;
  }

  /** Other types, of newer versions, may keep their members in another way. */
  private boolean ofKnownType() {
    return List.of("dm", "group", "channel").contains(String.valueOf(conversation.type()));
  }

  private void addMembers(LogBound bound, List<LogEvents> checks, Set<String> users) {
    List<MemberRow> members = reads.rows(() -> stores.conversations().members(id));
    Map<String, UserConversationRow> lists = new HashMap<>();
    CursorCheck cursors = new CursorCheck(id, findings);
    members.forEach(row -> users.add(row.userId()));
    for (String user : users) {
      reads
          .one(() -> stores.conversations().ofUser(user, id))
          .ifPresent(row -> lists.put(user, row));
      List<DeliveredRow> delivered = reads.rows(() -> stores.cursors().delivered(user, id));
      cursors.delivered(user, delivered);
      OptionalLong read = reads.one(() -> stores.cursors().read(user, id));
      read.ifPresent(seq -> cursors.read(user, seq));
      counts.members++;
      counts.cursors += delivered.size() + (read.isPresent() ? 1 : 0);
    }
    checks.add(cursors);
    addSettings(bound, checks);
    boolean dm = "dm".equals(conversation.type());
    checks.add(new MembershipCheck(id, dm, bound.number(), members, lists, findings));
  }

  private void addSettings(LogBound bound, List<LogEvents> checks) {
    String title = reads.one(() -> stores.conversations().title(id)).orElse(null);
    Setting titled = Setting.updated(Fault.TITLE, "conversation_titles", "title");
    checks.add(new SettingCheck(id, bound.number(), titled, null, title, findings));
    Map<String, String> settings = reads.one(() -> stores.conversations().settings(id));
    for (String name : ConversationScan.SETTINGS) {
      Setting setting = Setting.updated(Fault.SETTING, "conversation_settings", name);
      String first = "channel".equals(conversation.type()) ? SET_OF_CHANNELS.get(name) : null;
      String stored = settings.get(name);
      checks.add(new SettingCheck(id, bound.number(), setting, first, stored, findings));
    }
    String count = reads.one(() -> stores.conversations().memberCount(id)).orElse(null);
    Setting counted =
        new Setting(Fault.MEMBERSHIP, "member_counts", "member count", Content::memberCount);
    checks.add(new SettingCheck(id, bound.number(), counted, null, count, findings));
    checks.add(new CountCheck(id, findings));
  }

  private void walk(LogWalk walk, LogBound bound, SendCheck sends, DoubleConsumer walked) {
    TwoContents twoContents = new TwoContents(id, findings);
    pass.along(
        walk,
        bound,
        row -> {
          sends.row(row);
          twoContents.row(row);
          walk.row(row);
          counts.rows++;
        },
        bucket -> keys(bucket, sends),
        () -> walked.accept(walk.next() / (bound.number() + 1.0)));
    twoContents.end();
    counts.changes += walk.next() - 1;
    for (int stray = walk.bucket() + 1; stray <= bound.topBucket(); stray++) {
      findings.accept(
          Finding.stray(id, stray, "there are rows, but the log ends in bucket " + walk.bucket()));
    }
  }

  private void keys(int bucket, SendCheck sends) {
    SendRow from = null;
    int limit = PAGE;
    boolean more = true;
    while (more) {
      SendRow start = from;
      int most = limit;
      List<SendRow> rows = reads.rows(() -> stores.log().sends(id, bucket, start, most));
      more = rows.size() == most;
      SendRow last = more ? rows.get(rows.size() - 1) : null;
      rows.stream().filter(row -> !sameSend(row, last)).forEach(row -> sends.key(bucket, row));
      limit = more && sameSend(last, start) ? 2 * limit : limit;
      from = last;
    }
    long lowest = sends.early().stream().mapToLong(SendRow::changeSeq).min().orElse(-1);
    if (lowest >= 0) {
      pass.rows(bucket, lowest, sends::row, () -> {});
    }
    sends.endOfKeys(bucket);
  }

  private static boolean sameSend(SendRow one, SendRow other) {
    return one != null
        && other != null
        && one.userId().equals(other.userId())
        && one.deviceId().equals(other.deviceId())
        && one.clientMsgId().equals(other.clientMsgId());
  }
}

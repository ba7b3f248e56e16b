package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.log.Sequencer.Phase;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One random schedule around the real {@link Sequencer}: three replicas, quorum two, three nodes
 * that acquire, pause, crash and steal as they like, messages that arrive late, in any order or
 * never, read repair that leaves fragments of groups, small buckets, a published mark that lags.
 * Everything follows from the seed.
 */
final class SequencerSchedule {
  /** What is broken on purpose, to see that the checks can fail. */
  enum Mutant {
    NONE,
    NO_BARRIER,
    NO_REWRITE,
    BARRIER_BEFORE_WRITE,
    PUBLISH_BEFORE_BARRIER,
    READERS_WITHOUT_BOUND,
    READERS_IGNORE_BUCKET_ENDS,
    EPOCH_COMMITTED_AT_ONE,
    WRITES_AT_ONE,
    BUFFERED_WITHOUT_FENCE,
    FENCE_BEFORE_JOURNAL,
    RECOVERY_WITHOUT_JOURNAL,
    JOURNAL_READ_BEFORE_EPOCH,
    CUT_BEFORE_SETTLED,
    CUT_BEFORE_RECOVERED,
    CUT_WITHOUT_FENCE,
    ACK_BEFORE_AMENDMENT,
    PUBLISH_BEFORE_AMENDMENT,
    NO_AMENDMENT_AT_ACTIVATION
  }

  private static final int REPLICAS = 3;
  private static final int QUORUM = 2;
  private static final int NODES = 3;
  private static final int VALUES = 10;
  private static final int MAX_EPOCHS = 7;
  private static final int MAX_GROUP = 3;
  private static final ConversationId CONVERSATION = new ConversationId("c");
  private static final UserId USER = new UserId("u");
  private static final BucketLimits LIMITS = new BucketLimits(Duration.ofDays(10), 5, 1 << 20);

  private enum Kind {
    WRITE,
    READ,
    EPOCH_COMMIT,
    EPOCH_READ,
    JOURNAL_APPEND,
    JOURNAL_READ,
    JOURNAL_CUT,
    AMEND
  }

  /** An operation under way: how many replicas have answered, and what. */
  private static final class Op {
    int need;
    int acks;
    long epochSeen;
    int bucket;
    List<Map<Long, LogRow>> snapshots = new ArrayList<>();
    int[] replicas;

    /** Of a late journal record: it comes when another one has come first. */
    long notBefore;

    long offset;
    JournalTail tail;
  }

  private record Packet(Kind kind, int to, List<LogRow> rows, long epoch, Op op) {}

  private static final class Replica {
    final Map<Integer, Map<Long, LogRow>> buckets = new HashMap<>();
    long epoch;
  }

  private static final class Node {
    /**
     * Whether the store takes nothing new of this node: then the journal's acks are all it gives.
     */
    final boolean heldUp;

    long acquiring;
    Sequencer sequencer;
    Op op;
    boolean paused;
    boolean idle;
    List<Integer> current = List.of();
    boolean barrierDone;
    final List<Integer> values = new ArrayList<>();
    JournalTail tail = JournalTail.EMPTY;
    long journalNext;
    JournalMark mark = new JournalMark();
    JournalMark.Entry entry;
    JournalMark.Entry sent;
    Group journaled;
    Op journalOp;
    Op fence;
    Op cutFence;
    long cutTo;

    Node(boolean heldUp) {
      this.heldUp = heldUp;
    }
  }

  private static final class Reader {
    int step;
    long bound;
    int bucket;
    long next = 1;
    Op op;
  }

  private final Mutant mutant;
  private final Random random;
  private final List<Packet> net = new ArrayList<>();
  private final Replica[] replicas = new Replica[REPLICAS];
  private final Node[] nodes = new Node[NODES];
  private final List<Reader> readers = new ArrayList<>();
  private final List<Integer> retries = new ArrayList<>();
  private final SimulatedJournal journal = new SimulatedJournal();
  private final boolean buffered;
  private final boolean edits;
  private final Set<Integer> persisted = new HashSet<>();
  private final Map<Integer, Long> ackedSeqOf = new HashMap<>();
  private final Map<Long, Integer> published = new HashMap<>();
  private final Map<Long, Integer> observed = new HashMap<>();
  private final Map<Long, Integer> amendments = new HashMap<>();
  private long paxosEpoch;
  private int nextValue = 1;
  private Checkpoint publishedMark = Checkpoint.START;
  private List<Group> publishedGroups = new ArrayList<>();
  private final Map<Integer, Long> bucketIndex = new HashMap<>();
  private String violation;

  SequencerSchedule(long seed, Mutant mutant) {
    this.mutant = mutant;
    this.random = new Random(seed);
    this.buffered = random.nextBoolean();
    this.edits = random.nextInt(3) == 0;
  }

  /** Acknowledgements of the run, to see that schedules get somewhere. */
  int acks() {
    return ackedSeqOf.size();
  }

  /** Of these, those whose message was never seen in the store by its owner. */
  int acksOfTheJournalAlone() {
    return ackedSeqOf.size() - persisted.size();
  }

  /** Runs the schedule; answers the first broken guarantee, or null. */
  String run(int steps) {
    for (int i = 0; i < REPLICAS; i++) {
      replicas[i] = new Replica();
    }
    for (int i = 0; i < NODES; i++) {
      nodes[i] = node();
    }
    int[] slowness = new int[REPLICAS];
    for (int i = 0; i < REPLICAS; i++) {
      slowness[i] = random.nextInt(6) == 0 ? 8 : 1;
    }
    for (int step = 0; step < steps && violation == null; step++) {
      int dice = random.nextInt(100);
      if (dice < 62 && !net.isEmpty()) {
        deliverOne(slowness);
      } else if (dice < 92) {
        stepSomeNode();
      } else {
        stepSomeReader(dice);
      }
    }
    if (violation == null) {
      checkFinalLog();
    }
    return violation;
  }

  // ---- the network and the replicas

  private void deliverOne(int[] slowness) {
    int index = random.nextInt(net.size());
    Packet packet = net.get(index);
    boolean late = slowness[packet.to()] > 1 && random.nextInt(slowness[packet.to()]) != 0;
    if (packet.op().notBefore > journal.next()) {
      return;
    }
    if (late || packet.kind() == Kind.WRITE && random.nextInt(4) == 0) {
      return;
    }
    net.set(index, net.get(net.size() - 1));
    net.remove(net.size() - 1);
    deliver(packet);
  }

  private void deliver(Packet packet) {
    Replica replica = replicas[packet.to()];
    packet.op().acks++;
    switch (packet.kind()) {
      case WRITE -> {
        for (LogRow row : packet.rows()) {
          replica
              .buckets
              .computeIfAbsent(row.bucket(), any -> new LinkedHashMap<>())
              .put(rowKey(row), row);
        }
      }
      case READ ->
          packet
              .op()
              .snapshots
              .add(new HashMap<>(replica.buckets.getOrDefault(packet.op().bucket, Map.of())));
      case EPOCH_COMMIT -> replica.epoch = Math.max(replica.epoch, packet.epoch());
      case EPOCH_READ -> packet.op().epochSeen = Math.max(packet.op().epochSeen, replica.epoch);
      case JOURNAL_APPEND -> packet.op().offset = journal.append(new Group(packet.rows()));
      case JOURNAL_READ -> {
        packet.op().tail = journal.tail();
        packet.op().offset = journal.next();
      }
      case JOURNAL_CUT -> journal.cut(packet.epoch());
      case AMEND -> packet.rows().forEach(this::amend);
      default -> throw new IllegalStateException();
    }
  }

  private static long rowKey(LogRow row) {
    return row.changeSeq() * 1000 + row.epoch();
  }

  private Op toAll(Kind kind, List<LogRow> rows, long epoch, int need) {
    Op op = new Op();
    op.need = need;
    for (int i = 0; i < REPLICAS; i++) {
      net.add(new Packet(kind, i, rows, epoch, op));
    }
    return op;
  }

  private Op toTwo(Kind kind, int bucket) {
    Op op = new Op();
    op.need = QUORUM;
    op.bucket = bucket;
    int first = random.nextInt(REPLICAS);
    op.replicas = new int[] {first, (first + 1 + random.nextInt(REPLICAS - 1)) % REPLICAS};
    for (int to : op.replicas) {
      net.add(new Packet(kind, to, List.of(), 0, op));
    }
    return op;
  }

  /** To a journal, or a table, that is asked as one. */
  private Op toJournal(Kind kind, List<LogRow> rows, long offset) {
    Op op = new Op();
    op.need = 1;
    net.add(new Packet(kind, 0, rows, offset, op));
    return op;
  }

  /**
   * The merged answer; rows that one of the two replicas lacked may travel on to it one by one
   * (read repair).
   */
  private List<LogRow> merged(Op read, long from) {
    Map<Long, LogRow> all = new HashMap<>();
    read.snapshots.forEach(all::putAll);
    if (random.nextInt(4) == 0) {
      for (LogRow row : all.values()) {
        for (int i = 0; i < read.replicas.length; i++) {
          if (!read.snapshots.get(i).containsKey(rowKey(row)) && random.nextBoolean()) {
            net.add(new Packet(Kind.WRITE, read.replicas[i], List.of(row), 0, new Op()));
          }
        }
      }
    }
    List<LogRow> rows = new ArrayList<>(all.values());
    rows.removeIf(row -> row.changeSeq() < from);
    rows.sort(
        (a, b) ->
            a.changeSeq() != b.changeSeq()
                ? Long.compare(a.changeSeq(), b.changeSeq())
                : Long.compare(b.epoch(), a.epoch()));
    return rows;
  }

  // ---- nodes

  private Node node() {
    return new Node(buffered && random.nextInt(4) == 0);
  }

  private void stepSomeNode() {
    int id = random.nextInt(NODES);
    Node node = nodes[id];
    if (node.paused) {
      node.paused = random.nextInt(15) != 0;
      return;
    }
    if (node.sequencer == null && node.acquiring == 0 && random.nextInt(10) != 0) {
      return;
    }
    stepNode(node);
    if (random.nextInt(25) == 0) {
      node.paused = true;
    }
    if (random.nextInt(120) == 0) {
      giveBack(node);
      nodes[id] = node();
    }
  }

  private void stepNode(Node node) {
    if (node.sequencer == null) {
      acquire(node);
      return;
    }
    if (buffered && random.nextInt(3) == 0 && node.sequencer.phase() != Phase.STEPPED_DOWN) {
      stepJournal(node);
      return;
    }
    switch (node.sequencer.phase()) {
      case READ_TAIL -> readTail(node);
      case REWRITE, WRITE -> write(node);
      case REWRITE_BARRIER, BARRIER -> barrier(node);
      case SETTLE_RECOVERED -> settleRecovered(node);
      case SETTLE -> settle(node);
      case OPEN -> append(node);
      case STEPPED_DOWN -> stepDown(node);
      default -> throw new IllegalStateException();
    }
  }

  private void acquire(Node node) {
    if (node.acquiring == 0) {
      if (paxosEpoch < MAX_EPOCHS) {
        node.acquiring = ++paxosEpoch;
        int need = mutant == Mutant.EPOCH_COMMITTED_AT_ONE ? 1 : QUORUM;
        node.op = toAll(Kind.EPOCH_COMMIT, List.of(), node.acquiring, need);
        node.tail = journal.tail();
      }
    } else if (node.op.acks < node.op.need) {
      return;
    } else if (node.op.tail == null && readsJournal()) {
      node.op = toJournal(Kind.JOURNAL_READ, List.of(), 0);
    } else {
      node.tail = readsJournal() ? node.op.tail : node.tail;
      node.tail = mutant == Mutant.RECOVERY_WITHOUT_JOURNAL ? JournalTail.EMPTY : node.tail;
      node.journalNext = node.op.offset;
      if (mutant == Mutant.CUT_BEFORE_RECOVERED) {
        node.mark.recovered(node.journalNext);
      }
      node.sequencer = new Sequencer(node.acquiring, publishedMark, LIMITS);
      node.op = null;
    }
  }

  private boolean readsJournal() {
    return buffered && mutant != Mutant.JOURNAL_READ_BEFORE_EPOCH;
  }

  /** The journal's way, beside the store's: the answer, the fence, the ack; now and then a cut. */
  private void stepJournal(Node node) {
    if (node.fence != null) {
      if (node.fence.acks >= node.fence.need && node.journalOp == null) {
        ackJournaled(node, node.fence.epochSeen);
      }
    } else if (node.journalOp != null) {
      stepJournalOp(node);
    } else if (node.cutFence != null) {
      if (node.cutFence.acks >= node.cutFence.need) {
        if (node.cutFence.epochSeen == node.sequencer.epoch()) {
          toJournal(Kind.JOURNAL_CUT, List.of(), node.cutTo);
        }
        node.cutFence = null;
      }
    } else if (!journal.isCutTo(node.mark.firstKept())) {
      node.cutTo = node.mark.firstKept();
      if (mutant == Mutant.CUT_WITHOUT_FENCE) {
        toJournal(Kind.JOURNAL_CUT, List.of(), node.cutTo);
      } else {
        node.cutFence = toTwo(Kind.EPOCH_READ, 0);
      }
    }
    if (mutant == Mutant.FENCE_BEFORE_JOURNAL && node.journalOp != null) {
      stepJournalOp(node);
    }
  }

  private void stepJournalOp(Node node) {
    if (node.journalOp.acks >= node.journalOp.need) {
      long offset = node.journalOp.offset;
      node.journalOp = null;
      node.sent.answered(offset);
      if (mutant == Mutant.CUT_BEFORE_SETTLED) {
        node.sent.settled();
      }
      if (mutant == Mutant.BUFFERED_WITHOUT_FENCE) {
        ackJournaled(node, node.sequencer.epoch());
      } else if (mutant == Mutant.CUT_BEFORE_SETTLED || node.mark.keeps(offset)) {
        node.fence = node.fence == null ? toTwo(Kind.EPOCH_READ, 0) : node.fence;
      }
    } else if (random.nextInt(40) == 0) {
      node.journalOp = null; // Given up; the record is in the journal, now or later, or never.
      node.fence = null;
      node.sent.failed();
    }
  }

  private void ackJournaled(Node node, long epochSeen) {
    node.fence = null;
    if (node.sequencer.onJournaled(node.journaled, epochSeen)) {
      node.journaled.rows().forEach(row -> ack(valueOf(row), row.changeSeq()));
    }
  }

  private void readTail(Node node) {
    if (node.op == null) {
      node.op = toTwo(Kind.READ, node.sequencer.tailBucket());
    } else if (node.op.acks >= node.op.need) {
      long from = node.sequencer.tailFrom();
      List<LogRow> rows = merged(node.op, from);
      node.op = null;
      int page = 8;
      boolean cut = rows.size() > page && random.nextBoolean() && decidable(rows, page);
      List<LogRow> stored = cut ? rows.subList(0, page) : rows;
      int bucket = node.sequencer.tailBucket();
      node.sequencer.onTail(node.tail.with(stored, bucket, from, cut), cut);
    }
  }

  /**
   * A cut page that cannot decide its first number would only make the sequencer ask for a larger
   * one.
   */
  private static boolean decidable(List<LogRow> rows, int page) {
    return rows.get(page - 1).changeSeq() > rows.get(0).changeSeq() + MAX_GROUP;
  }

  private void write(Node node) {
    boolean rewrite = node.sequencer.phase() == Phase.REWRITE;
    if (rewrite && mutant == Mutant.NO_REWRITE) {
      node.sequencer.onWritten();
      return;
    }
    if (mutant == Mutant.BARRIER_BEFORE_WRITE && !rewrite && !node.barrierDone) {
      if (node.op == null) {
        node.op = toTwo(Kind.EPOCH_READ, 0);
      } else if (node.op.acks >= node.op.need) {
        node.barrierDone = node.op.epochSeen == node.sequencer.epoch();
        node.op = null;
        if (!node.barrierDone) {
          node.sequencer.stepDown();
        }
      }
      return;
    }
    if (node.heldUp && !rewrite) {
      return;
    }
    if (node.op == null) {
      int need = mutant == Mutant.WRITES_AT_ONE ? 1 : QUORUM;
      node.op = toAll(Kind.WRITE, node.sequencer.group().rows(), 0, need);
    } else if (node.op.acks >= node.op.need) {
      node.op = null;
      if (mutant == Mutant.PUBLISH_BEFORE_BARRIER) {
        publish(node.sequencer.group());
      }
      node.sequencer.onWritten();
    } else if (random.nextInt(12) == 0) {
      giveBack(
          node); // The client lost patience and asks again, perhaps another node; the write goes
      // on.
    }
  }

  private void barrier(Node node) {
    boolean rewrite = node.sequencer.phase() == Phase.REWRITE_BARRIER;
    boolean skipped =
        mutant == Mutant.NO_BARRIER || mutant == Mutant.BARRIER_BEFORE_WRITE && !rewrite;
    if (skipped) {
      node.barrierDone = false;
      node.sequencer.onBarrier(node.sequencer.epoch());
    } else if (node.op == null) {
      node.op = toTwo(Kind.EPOCH_READ, 0);
    } else if (node.op.acks >= node.op.need) {
      long seen = node.op.epochSeen;
      node.op = null;
      node.sequencer.onBarrier(seen);
    }
  }

  /**
   * Whether the edits of these groups stand by their messages; a step towards that where they do
   * not.
   */
  private boolean isAmended(Node node, List<Group> groups) {
    List<LogRow> edits = new ArrayList<>();
    for (Group group : groups) {
      group.rows().stream().filter(row -> isEdit(valueOf(row))).forEach(edits::add);
    }
    if (edits.isEmpty()) {
      return true;
    }
    if (node.op == null) {
      node.op = toJournal(Kind.AMEND, edits, 0);
      return false;
    }
    boolean done = node.op.acks >= node.op.need || mutant == Mutant.ACK_BEFORE_AMENDMENT;
    node.op = done ? null : node.op;
    return done;
  }

  private void settleRecovered(Node node) {
    if (mutant != Mutant.NO_AMENDMENT_AT_ACTIVATION
        && !isAmended(node, node.sequencer.recovered())) {
      return;
    }
    for (Group group : node.sequencer.recovered()) {
      publish(group);
    }
    node.values.clear();
    for (int i = 1; i < node.sequencer.tailFrom(); i++) {
      Integer value = published.get((long) i);
      if (value == null) {
        violation = "a new owner opened over a number that was never published";
        return;
      }
      node.values.add(value);
    }
    node.sequencer.onSettled();
  }

  private void settle(Node node) {
    Group group = node.sequencer.group();
    if (mutant == Mutant.PUBLISH_BEFORE_AMENDMENT && node.op == null) {
      publish(group);
    }
    if (!isAmended(node, List.of(group))) {
      return;
    }
    publish(group);
    for (LogRow row : group.rows()) {
      node.values.add(valueOf(row));
      ack(valueOf(row), row.changeSeq());
      persisted.add(valueOf(row));
    }
    node.current = List.of();
    node.sequencer.onSettled();
    node.idle = buffered && random.nextInt(3) == 0;
    if (node.entry != null) {
      node.entry.settled();
      node.entry = null;
    }
  }

  private void append(Node node) {
    node.mark.recovered(node.journalNext);
    if (node.idle && random.nextInt(60) != 0) {
      return; // Nobody writes: so it does not notice that it has been robbed.
    }
    if (node.values.size() + 1 != node.sequencer.tailFrom()) {
      node.values.clear();
      for (int i = 1; i < node.sequencer.tailFrom(); i++) {
        node.values.add(published.get((long) i));
      }
    }
    List<Integer> values = new ArrayList<>();
    int wanted = 1 + random.nextInt(MAX_GROUP);
    while (values.size() < wanted) {
      int value;
      if (!retries.isEmpty() && (random.nextBoolean() || nextValue > VALUES)) {
        value = retries.remove(random.nextInt(retries.size()));
      } else if (nextValue <= VALUES) {
        value = nextValue++;
      } else {
        break;
      }
      int known = node.values.indexOf(value);
      if (known >= 0) {
        ack(value, known + 1);
        persisted.add(value);
        wanted--;
      } else if (values.contains(value)) {
        wanted--;
      } else {
        values.add(value);
      }
    }
    if (values.isEmpty()) {
      return;
    }
    List<Change> changes = new ArrayList<>();
    long next = node.sequencer.tailFrom();
    for (int value : values) {
      changes.add(change(next++, value));
    }
    node.current = values;
    node.sequencer.append(changes, Collections.nCopies(changes.size(), null));
    boolean onlyMessages = values.stream().noneMatch(this::isEdit);
    if (buffered && onlyMessages && node.journalOp == null && node.fence == null) {
      node.sent = node.mark.sent();
      node.entry = node.sent;
      node.journaled = node.sequencer.group();
      node.journalOp = toJournal(Kind.JOURNAL_APPEND, node.journaled.rows(), 0);
      node.journalOp.notBefore = random.nextInt(4) == 0 ? journal.next() + 1 : 0;
      if (mutant == Mutant.FENCE_BEFORE_JOURNAL) {
        node.fence = toTwo(Kind.EPOCH_READ, 0);
      }
    }
  }

  private void giveBack(Node node) {
    for (int value : node.current) {
      if (!retries.contains(value)) {
        retries.add(value);
      }
    }
  }

  private void stepDown(Node node) {
    giveBack(node);
    node.sequencer = null;
    node.acquiring = 0;
    node.op = null;
    node.current = List.of();
    node.values.clear();
    node.barrierDone = false;
    node.journalOp = null;
    node.fence = null;
    node.cutFence = null;
    node.entry = null;
    node.mark = new JournalMark();
  }

  // ---- readers: bounded by the published head, or by a first read

  private void stepSomeReader(int dice) {
    if (dice < 97 && readers.size() < 6) {
      readers.add(new Reader());
    }
    if (!readers.isEmpty()) {
      Reader reader = readers.get(random.nextInt(readers.size()));
      stepReader(reader);
      if (reader.step == 9) {
        readers.remove(reader);
      }
    }
  }

  private void stepReader(Reader reader) {
    if (reader.step == 0) {
      reader.bound = published.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
      reader.op = toTwo(Kind.READ, reader.bucket);
      reader.step = 1;
      return;
    }
    if (reader.op.acks < reader.op.need) {
      return;
    }
    List<LogRow> rows = merged(reader.op, reader.next);
    long bucketEnd = bucketIndex.getOrDefault(reader.bucket + 1, Long.MAX_VALUE) - 1;
    for (LogRow row : rows) {
      boolean within = mutant == Mutant.READERS_WITHOUT_BOUND || row.changeSeq() <= reader.bound;
      boolean inBucket =
          mutant == Mutant.READERS_IGNORE_BUCKET_ENDS || row.changeSeq() <= bucketEnd;
      if (within && inBucket && row.changeSeq() == reader.next) {
        observe(reader.next++, valueOf(row)); // Rows come highest epoch first.
      }
    }
    if (reader.next > reader.bound || violation != null) {
      reader.step = 9;
    } else if (reader.next > bucketEnd) {
      reader.bucket++;
      reader.op = toTwo(Kind.READ, reader.bucket);
    } else {
      violation = "a reader found a hole below the published head";
    }
  }

  // ---- what must hold

  private Change change(long changeSeq, int value) {
    byte[] payload = ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    ChangeType type = isEdit(value) ? ChangeType.MESSAGE_EDIT : ChangeType.MESSAGE_NEW;
    return new Change(CONVERSATION, changeSeq, changeSeq, type, USER, null, 1, payload);
  }

  private boolean isEdit(int value) {
    return edits && value % 4 == 3;
  }

  private void amend(LogRow row) {
    Integer before = amendments.put(row.changeSeq(), valueOf(row));
    if (before != null && before != valueOf(row)) {
      violation = "two edits of one number stood by their messages";
    }
  }

  private static int valueOf(LogRow row) {
    return ByteBuffer.wrap(row.change().payload()).getInt();
  }

  private void ack(int value, long seq) {
    Long before = ackedSeqOf.put(value, seq);
    if (before != null && before != seq) {
      violation = "one message acked at two numbers";
    }
    if (isEdit(value) && !Integer.valueOf(value).equals(amendments.get(seq))) {
      violation = "an acked edit does not stand by its message";
    }
  }

  private void publish(Group group) {
    if (group.closesBucket()) {
      Long before = bucketIndex.put(group.bucket() + 1, group.end().changeSeq() + 1);
      if (before != null && before != group.end().changeSeq() + 1) {
        violation = "two places where one bucket begins";
      }
    }
    for (LogRow row : group.rows()) {
      Integer before = published.put(row.changeSeq(), valueOf(row));
      if (before != null && before != valueOf(row)) {
        violation = "two contents published for one number";
      }
    }
    publishedGroups.add(group);
    if (random.nextInt(3) == 0) {
      for (Group done : publishedGroups) {
        if (done.first() == publishedMark.position().changeSeq() + 1) {
          publishedMark = publishedMark.after(done);
        }
      }
      publishedGroups = new ArrayList<>();
    }
  }

  private void observe(long seq, int value) {
    Integer before = observed.put(seq, value);
    if (before != null && before != value) {
      violation = "a reader saw a number change its content";
    }
  }

  private void checkFinalLog() {
    Collections.shuffle(net, random);
    for (Packet packet : net) {
      if (random.nextInt(3) != 0) {
        deliver(packet);
      }
    }
    long head = persisted.stream().mapToLong(ackedSeqOf::get).max().orElse(0);
    int omitted = random.nextInt(REPLICAS);
    Map<Long, LogRow> highest = new HashMap<>();
    for (int i = 0; i < REPLICAS; i++) {
      if (i != omitted) {
        for (Map<Long, LogRow> bucket : replicas[i].buckets.values()) {
          for (LogRow row : bucket.values()) {
            highest.merge(row.changeSeq(), row, (a, b) -> a.epoch() >= b.epoch() ? a : b);
          }
        }
      }
    }
    Map<Integer, Long> places = new HashMap<>();
    for (long seq = 1; seq <= head && violation == null; seq++) {
      LogRow row = highest.get(seq);
      if (row == null) {
        violation = "a hole in the final log";
        return;
      }
      checkFinal(seq, valueOf(row), places);
    }
    ackedSeqOf.forEach(
        (value, seq) -> {
          boolean inStore = persisted.contains(value);
          if (violation == null && inStore && !seq.equals(places.get(value))) {
            violation = "an acked message is not at its number";
          }
        });
    if (violation == null && buffered) {
      checkLastRecovery(omitted);
    }
  }

  /** One more owner comes, with nobody left to disturb it: it finds what was acked. */
  private void checkLastRecovery(int omitted) {
    Sequencer last = new Sequencer(paxosEpoch + 1, publishedMark, LIMITS);
    JournalTail tail = journal.tail();
    while (last.phase() == Phase.READ_TAIL) {
      Op read = new Op();
      int bucket = last.tailBucket();
      for (int i = 0; i < REPLICAS; i++) {
        if (i != omitted) {
          read.snapshots.add(replicas[i].buckets.getOrDefault(bucket, Map.of()));
        }
      }
      read.replicas = new int[] {(omitted + 1) % REPLICAS, (omitted + 2) % REPLICAS};
      List<LogRow> rows = merged(read, last.tailFrom());
      last.onTail(tail.with(rows, bucket, last.tailFrom(), false), false);
    }
    last.recovered().forEach(this::publish);
    Map<Integer, Long> places = new HashMap<>();
    published.forEach(
        (seq, value) -> {
          if (places.put(value, seq) != null) {
            violation = "one message recovered at two numbers";
          }
        });
    ackedSeqOf.forEach(
        (value, seq) -> {
          if (violation == null && !seq.equals(places.get(value))) {
            violation = "an acked message is lost after the last recovery";
          }
        });
  }

  private void checkFinal(long seq, int value, Map<Integer, Long> places) {
    if (published.getOrDefault(seq, value) != value) {
      violation = "published content differs from the log";
    } else if (observed.getOrDefault(seq, value) != value) {
      violation = "observed content differs from the log";
    } else if (places.put(value, seq) != null) {
      violation = "one message at two numbers";
    }
  }
}

package chat.parley.log;

import chat.parley.event.Change;
import chat.parley.event.ChangeType;
import chat.parley.model.ConversationId;
import chat.parley.model.UserId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

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
    WRITES_AT_ONE
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
    EPOCH_READ
  }

  /** An operation under way: how many replicas have answered, and what. */
  private static final class Op {
    int need;
    int acks;
    long epochSeen;
    int bucket;
    List<Map<Long, LogRow>> snapshots = new ArrayList<>();
    int[] replicas;
  }

  private record Packet(Kind kind, int to, List<LogRow> rows, long epoch, Op op) {}

  private static final class Replica {
    final Map<Integer, Map<Long, LogRow>> buckets = new HashMap<>();
    long epoch;
  }

  private static final class Node {
    long acquiring;
    Sequencer sequencer;
    Op op;
    boolean paused;
    List<Integer> current = List.of();
    boolean barrierDone;
    final List<Integer> values = new ArrayList<>();
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
  private final Map<Integer, Long> ackedSeqOf = new HashMap<>();
  private final Map<Long, Integer> published = new HashMap<>();
  private final Map<Long, Integer> observed = new HashMap<>();
  private long paxosEpoch;
  private int nextValue = 1;
  private Checkpoint publishedMark = Checkpoint.START;
  private List<Group> publishedGroups = new ArrayList<>();
  private final Map<Integer, Long> bucketIndex = new HashMap<>();
  private String violation;

  SequencerSchedule(long seed, Mutant mutant) {
    this.mutant = mutant;
    this.random = new Random(seed);
  }

  /** Acknowledgements of the run, to see that schedules get somewhere. */
  int acks() {
    return ackedSeqOf.size();
  }

  /** Runs the schedule; answers the first broken guarantee, or null. */
  String run(int steps) {
    for (int i = 0; i < REPLICAS; i++) {
      replicas[i] = new Replica();
    }
    for (int i = 0; i < NODES; i++) {
      nodes[i] = new Node();
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
      nodes[id] = new Node();
    }
  }

  private void stepNode(Node node) {
    if (node.sequencer == null) {
      acquire(node);
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
      }
    } else if (node.op.acks >= node.op.need) {
      node.sequencer = new Sequencer(node.acquiring, publishedMark, LIMITS);
      node.op = null;
    }
  }

  private void readTail(Node node) {
    if (node.op == null) {
      node.op = toTwo(Kind.READ, node.sequencer.tailBucket());
    } else if (node.op.acks >= node.op.need) {
      List<LogRow> rows = merged(node.op, node.sequencer.tailFrom());
      node.op = null;
      int page = 8;
      boolean cut = rows.size() > page && random.nextBoolean() && decidable(rows, page);
      node.sequencer.onTail(cut ? rows.subList(0, page) : rows, cut);
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
    boolean rewrite = node.sequencer.phase() == Sequencer.Phase.REWRITE;
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
    boolean rewrite = node.sequencer.phase() == Sequencer.Phase.REWRITE_BARRIER;
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

  private void settleRecovered(Node node) {
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
    publish(group);
    for (LogRow row : group.rows()) {
      node.values.add(valueOf(row));
      ack(valueOf(row), row.changeSeq());
    }
    node.current = List.of();
    node.sequencer.onSettled();
  }

  private void append(Node node) {
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

  private static Change change(long changeSeq, int value) {
    byte[] payload = ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    return new Change(
        CONVERSATION, changeSeq, changeSeq, ChangeType.MESSAGE_NEW, USER, null, 1, payload);
  }

  private static int valueOf(LogRow row) {
    return ByteBuffer.wrap(row.change().payload()).getInt();
  }

  private void ack(int value, long seq) {
    Long before = ackedSeqOf.put(value, seq);
    if (before != null && before != seq) {
      violation = "one message acked at two numbers";
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
    long head = ackedSeqOf.values().stream().mapToLong(Long::longValue).max().orElse(0);
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
          if (violation == null && !seq.equals(places.get(value))) {
            violation = "an acked message is not at its number";
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

package chat.parley.verify;

import chat.parley.log.LogScan.ChangeRow;
import chat.parley.log.LogScan.SendRow;
import chat.parley.verify.Content.Sent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One send is one message, and the send keys that retries are known by point to its row. A key
 * counts if any row of its number, of whatever epoch, bears the same send: a lost race leaves a row
 * and its key together. Takes one bucket after the other: its rows, then its keys.
 */
final class SendCheck implements LogEvents {
  /** A row that bears a send; {@code keyed} once its key was met. */
  private static final class Slot {
    final ChangeRow row;
    final Sent sent;
    boolean committed;
    boolean keyed;

    Slot(ChangeRow row, Sent sent) {
      this.row = row;
      this.sent = sent;
    }
  }

  private final String conversation;
  private final long bound;
  private final long recentSince;
  private final Consumer<Finding> findings;
  private final SeenSends seen = new SeenSends();
  private final Map<Long, List<Slot>> slots = new HashMap<>();
  private final List<SendRow> early = new ArrayList<>();
  private long keys;

  /** {@code recentSince}: messages committed since then must have their key. */
  SendCheck(String conversation, long bound, long recentSince, Consumer<Finding> findings) {
    this.conversation = conversation;
    this.bound = bound;
    this.recentSince = recentSince;
    this.findings = findings;
  }

  /** How many keys were checked. */
  long keys() {
    return keys;
  }

  /** A row of the bucket, of whatever epoch; before {@link #committed} is told of it. */
  void row(ChangeRow row) {
    if (!Content.isMessage(row)) {
      return;
    }
    List<Slot> there = slots.computeIfAbsent(row.changeSeq(), any -> new ArrayList<>(1));
    if (there.stream().noneMatch(slot -> slot.row.epoch() == row.epoch())) {
      there.add(new Slot(withoutPayload(row), Content.sent(row)));
    }
  }

  private static ChangeRow withoutPayload(ChangeRow row) {
    return new ChangeRow(
        row.bucket(),
        row.changeSeq(),
        row.epoch(),
        row.groupFirst(),
        row.groupLength(),
        row.closesBucket(),
        row.seq(),
        row.type(),
        row.actorId(),
        row.subjectId(),
        row.large(),
        row.committedAt(),
        row.bodyHash(),
        null);
  }

  @Override
  public void committed(ChangeRow row) {
    for (Slot slot : slots.getOrDefault(row.changeSeq(), List.of())) {
      if (slot.row.epoch() == row.epoch() && slot.sent != null) {
        slot.committed = true;
        seen.add(slot.sent.key(), row).ifPresent(first -> reportDouble(slot, first));
      }
    }
  }

  private void reportDouble(Slot slot, long first) {
    report(
        Fault.DOUBLE,
        slot.row.changeSeq(),
        slot.sent,
        "the same send is number " + first + " already",
        Look.row(conversation, slot.row.bucket(), slot.row.changeSeq()));
  }

  /** A key of the bucket whose rows have been shown. */
  void key(int bucket, SendRow key) {
    keys++;
    if (!meet(key)) {
      if (key.changeSeq() > bound) {
        early.add(key);
      } else {
        reportKey(bucket, key);
      }
    }
  }

  /**
   * Keys without a row, beyond the bound: their rows may have come after the bucket's were shown.
   * They are to be read again, from the lowest of these numbers on, and shown before {@link
   * #endOfKeys}.
   */
  List<SendRow> early() {
    return early;
  }

  private boolean meet(SendRow key) {
    Sent send = new Sent(key.userId(), key.deviceId(), key.clientMsgId());
    boolean met = false;
    for (Slot slot : slots.getOrDefault(key.changeSeq(), List.of())) {
      if (send.equals(slot.sent) && slot.row.bodyHash() == key.bodyHash()) {
        slot.keyed = true;
        met = true;
      }
    }
    return met;
  }

  private void reportKey(int bucket, SendRow key) {
    boolean dangles = slots.getOrDefault(key.changeSeq(), List.of()).isEmpty();
    report(
        dangles ? Fault.SEND_KEY_DANGLING : Fault.SEND_KEY_OTHER,
        key.changeSeq(),
        new Sent(key.userId(), key.deviceId(), key.clientMsgId()),
        "the key of epoch "
            + key.epoch()
            + (dangles
                ? " names a number without a message"
                : " names another send's message, or one with another body"),
        Look.send(conversation, bucket, key.userId(), key.deviceId(), key.clientMsgId()));
  }

  /** All keys of the bucket have been shown. */
  void endOfKeys(int bucket) {
    early.stream().filter(key -> !meet(key)).forEach(key -> reportKey(bucket, key));
    early.clear();
    for (List<Slot> of : slots.values()) {
      for (Slot slot : of) {
        if (slot.committed && !slot.keyed && slot.row.committedAt() >= recentSince) {
          Sent send = slot.sent;
          report(
              Fault.SEND_KEY_MISSING,
              slot.row.changeSeq(),
              send,
              "the message has no send key",
              Look.send(conversation, bucket, send.user(), send.device(), send.clientMsgId()));
        }
      }
    }
    slots.clear();
  }

  private void report(Fault fault, long number, Sent send, String what, String look) {
    String subject = send.user() + "/" + send.device() + "/" + send.clientMsgId();
    findings.accept(new Finding(fault, conversation, number, subject, what, look));
  }
}

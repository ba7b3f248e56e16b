package chat.parley.client;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps everything a device goes through, for tests to look at from their own thread. */
public final class RecordingObserver implements Observer {
  /** A receipt. */
  public record Seen(Change change, Source source, int connection) {}

  public final List<Seen> observed = new CopyOnWriteArrayList<>();
  public final List<Change> delivered = new CopyOnWriteArrayList<>();
  public final List<Ack> acked = new CopyOnWriteArrayList<>();
  public final List<String> resent = new CopyOnWriteArrayList<>();
  public final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
  public final List<Long> resets = new CopyOnWriteArrayList<>();
  public final List<Frame> frames = new CopyOnWriteArrayList<>();
  public final List<Throwable> problems = new CopyOnWriteArrayList<>();
  public volatile int connections;

  @Override
  public void observed(Change change, Source source, int connection, long nanos) {
    observed.add(new Seen(change, source, connection));
  }

  @Override
  public void delivered(Change change, Source source) {
    delivered.add(change);
  }

  @Override
  public void acked(Ack ack, long nanos) {
    acked.add(ack);
  }

  @Override
  public void resent(String clientMsgId) {
    resent.add(clientMsgId);
  }

  @Override
  public void connected(int connection) {
    connections = connection;
  }

  @Override
  public void disconnected(int connection, int code) {
    closeCodes.add(code);
  }

  @Override
  public void reset(String conversationId, long headChangeSeq) {
    resets.add(headChangeSeq);
  }

  @Override
  public void frame(Frame frame) {
    frames.add(frame);
  }

  @Override
  public void problem(Throwable problem) {
    problems.add(problem);
  }

  /** The numbers delivered, in order. */
  public List<Long> deliveredNumbers() {
    return delivered.stream().map(Change::changeSeq).toList();
  }

  /** The texts delivered, in order. */
  public List<String> texts() {
    return delivered.stream()
        .filter(Change::isMessage)
        .map(change -> change.message().text())
        .toList();
  }

  /** How often a change was received from a source. */
  public long receipts(long changeSeq, Source source) {
    return observed.stream()
        .filter(seen -> seen.change().changeSeq() == changeSeq && seen.source() == source)
        .count();
  }
}

package chat.parley.log;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.event.Change;
import chat.parley.model.AckMode;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * Makes one (user, device, clientMsgId) one message. A device's keys are read from {@code sends} at
 * its first send here, after recovery, so that further sends of the device cost no read. Of one
 * that has sent very much the newest are remembered, and the store is asked for an id that may be
 * one of the others: what a device has sent has no bound, and memory has. A key found there is a
 * hint: it counts only if the log's row of that number bears the same id, because a leftover of a
 * lost race has its key in the store as well.
 */
final class SendWindow {
  private static final int MOST_DEVICES = 500;

  /** Of one device are remembered; some 100 bytes each. */
  static final int MOST_KEYS = 1_000;

  /** Of one device are read at once, so that it is known what is new. */
  static final int MOST_READ = 10_000;

  /** Longer than the week that PROTOCOL promises. */
  private static final Duration KEPT = Duration.ofDays(8);

  private record Known(long changeSeq, long bodyHash) {}

  private record Device(UserId userId, DeviceId deviceId) {}

  /**
   * What is known of a device: its newest sends, and of all others that they were. Of one that has
   * sent more than was read only the store knows.
   */
  private static final class Keys {
    private final Map<String, List<Known>> newest = new LinkedHashMap<>();
    private final boolean whole;
    private IdFilter forgotten;

    /** {@code loaded} begins with the newest bucket; the oldest must be forgotten first. */
    Keys(List<List<LogStore.StoredSend>> loaded) {
      this.whole = loaded.stream().mapToInt(List::size).sum() <= MOST_READ;
      if (whole) {
        for (int i = loaded.size() - 1; i >= 0; i--) {
          loaded.get(i).forEach(send -> add(send.clientMsgId(), known(send)));
        }
      }
    }

    void add(String clientMsgId, Known known) {
      List<Known> candidates = newest.computeIfAbsent(clientMsgId, any -> new ArrayList<>(1));
      if (!candidates.contains(known)) {
        candidates.add(known);
      }
      if (newest.size() > MOST_KEYS) {
        Iterator<String> eldest = newest.keySet().iterator();
        forget(eldest.next());
        eldest.remove();
      }
    }

    private void forget(String clientMsgId) {
      if (!whole) {
        return;
      }
      if (forgotten == null) {
        forgotten = new IdFilter();
      }
      forgotten.add(clientMsgId);
    }

    /**
     * Empty where only the store knows: also of an id that is among the newest and may have been
     * forgotten before, as what is left of it here may be a leftover.
     */
    Optional<List<Known>> find(String clientMsgId) {
      if (forgotten != null && forgotten.mayKnow(clientMsgId)) {
        return Optional.empty();
      }
      List<Known> found = newest.get(clientMsgId);
      if (found != null) {
        return Optional.of(List.copyOf(found));
      }
      return whole ? Optional.of(List.of()) : Optional.empty();
    }
  }

  private record Waiting(SendKey key, Future<Appended> answer) {}

  private final LogHost host;
  private final ConversationId conversation;
  private final Supplier<Position> head;
  private final Cache<Device, Future<Keys>> devices;
  private final Map<String, Waiting> underWay = new HashMap<>();
  private int looking;

  /**
   * {@code head} is the committed end of the conversation: what lies above it is not known to be
   * anything.
   */
  SendWindow(LogHost host, ConversationId conversation, Supplier<Position> head) {
    this(host, conversation, head, MOST_DEVICES);
  }

  SendWindow(LogHost host, ConversationId conversation, Supplier<Position> head, int mostDevices) {
    this.host = host;
    this.conversation = conversation;
    this.head = head;
    this.devices = Caffeine.newBuilder().maximumSize(mostDevices).executor(Runnable::run).build();
  }

  /**
   * Runs {@code append} unless the send is known or under way; then answers as the first did. It is
   * under way from here on: what is read of the device may be older than its commit.
   */
  Future<Appended> once(SendKey key, Supplier<Future<Appended>> append) {
    String slot = slotOf(key);
    Waiting waiting = underWay.get(slot);
    if (waiting != null) {
      return waiting.key().bodyHash() == key.bodyHash()
          ? waiting.answer().map(first -> new Appended(first.change(), first.durability(), true))
          : mismatch();
    }
    Promise<Appended> answer = Promise.promise();
    Waiting self = new Waiting(key, answer.future());
    underWay.put(slot, self);
    answer
        .future()
        .onComplete(
            done -> {
              if (done.failed() || done.result().durability() == AckMode.PERSISTED) {
                underWay.remove(slot, self);
              } // else the log does not have it yet: a retry is answered here until it has
            });
    looking++;
    keysOf(new Device(key.userId(), key.deviceId()))
        .compose(
            keys ->
                keys.find(key.clientMsgId().value())
                    .map(Future::succeededFuture)
                    .orElseGet(() -> look(key)))
        .onComplete(known -> looking--)
        .compose(candidates -> replayOrAppend(key, candidates, append))
        .onComplete(answer);
    return answer.future();
  }

  /** Whether {@link #once} would answer a retry of this send with what becomes of the first. */
  boolean isUnderWay(SendKey key) {
    return underWay.containsKey(slotOf(key));
  }

  /** How many sends wait for what the store has of their devices. */
  int looking() {
    return looking;
  }

  /** The send is committed at this number: from now on the log answers for it. */
  void remember(SendKey key, long changeSeq) {
    underWay.remove(slotOf(key));
    Future<Keys> keys = devices.getIfPresent(new Device(key.userId(), key.deviceId()));
    if (keys != null) {
      keys.onSuccess(
          known -> known.add(key.clientMsgId().value(), new Known(changeSeq, key.bodyHash())));
    }
  }

  private static String slotOf(SendKey key) {
    return key.userId() + "/" + key.deviceId() + "/" + key.clientMsgId();
  }

  private Future<Appended> replayOrAppend(
      SendKey key, List<Known> candidates, Supplier<Future<Appended>> append) {
    if (candidates.isEmpty()) {
      return append.get();
    }
    Known known = candidates.get(0);
    List<Known> others = candidates.subList(1, candidates.size());
    if (known.changeSeq() > head.get().changeSeq()) {
      return replayOrAppend(key, others, append);
    }
    return host.reads()
        .ascending(conversation, known.changeSeq(), known.changeSeq(), 1)
        .compose(
            rows -> {
              Change first = rows.get(0);
              boolean same =
                  first.type().isMessage()
                      && ChangeRows.sendKey(first, known.bodyHash()).sameSend(key);
              if (!same) {
                return replayOrAppend(key, others, append);
              }
              return known.bodyHash() == key.bodyHash()
                  ? Future.succeededFuture(new Appended(first, AckMode.PERSISTED, true))
                  : mismatch();
            });
  }

  private Future<Keys> keysOf(Device device) {
    Future<Keys> known = devices.getIfPresent(device);
    if (known != null && !known.failed()) {
      return known;
    }
    Future<Keys> loaded =
        inBuckets(
                bucket ->
                    host.store()
                        .sends(
                            conversation,
                            bucket,
                            device.userId(),
                            device.deviceId(),
                            MOST_READ + 1))
            .map(Keys::new);
    devices.put(device, loaded);
    return loaded;
  }

  /** What the store has of one send. */
  private Future<List<Known>> look(SendKey key) {
    return inBuckets(bucket -> host.store().send(conversation, bucket, key))
        .map(found -> found.stream().flatMap(List::stream).map(SendWindow::known).toList());
  }

  private Future<List<List<LogStore.StoredSend>>> inBuckets(
      IntFunction<Future<List<LogStore.StoredSend>>> read) {
    return host.store()
        .sendBuckets(conversation, host.clock().instant().minus(KEPT))
        .compose(buckets -> Future.all(buckets.stream().map(read::apply).toList()))
        .map(CompositeFuture::list);
  }

  private static Known known(LogStore.StoredSend send) {
    return new Known(send.changeSeq(), send.bodyHash());
  }

  private static <T> Future<T> mismatch() {
    return Future.failedFuture(
        new FailureException(
            Failure.IDEMPOTENCY_MISMATCH, "this clientMsgId was used for another body"));
  }
}

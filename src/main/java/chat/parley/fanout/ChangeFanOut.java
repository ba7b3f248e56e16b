package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.event.Change;
import chat.parley.event.ChangeRecord;
import chat.parley.event.StreamRecord;
import chat.parley.kafka.DeadLetter;
import chat.parley.kafka.TryAgainException;
import chat.parley.model.ConversationId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Handles batches of the stream of changes, one at a time: drops what has gone out, finds out who
 * may see the rest and where they are, and completes when every gateway concerned has taken its
 * part. What an operator puts back is never dropped here: behind a gateway a change is given out
 * only right after the one before it, so a device that lacks it gets it in its place, and one that
 * has it does not get it again.
 */
final class ChangeFanOut {
  private final Seen seen;
  private final Routes routes;
  private final GatewayCourier courier;
  private final FanOutMeters meters;

  ChangeFanOut(Seen seen, Routes routes, GatewayCourier courier, FanOutMeters meters) {
    this.seen = seen;
    this.routes = routes;
    this.courier = courier;
    this.meters = meters;
  }

  /**
   * Brings these records to the gateways.
   *
   * @return fails with {@link TryAgainException} where a store or a gateway is away, with anything
   *     else where a record is damaged or cannot be handled for its own fault; what had to go out
   *     has not gone out then
   */
  Future<Void> handle(List<StreamRecord> records) {
    List<Change> changes = decode(records);
    List<Change> fresh = seen.unseen(changes);
    meters.duplicates(changes.size() - fresh.size());
    return handleFresh(fresh);
  }

  /**
   * In parts that have no gap: what lies behind a missing number may have been sent before the
   * number that brought a member in, so members are read anew there.
   */
  private Future<Void> handleFresh(List<Change> fresh) {
    if (fresh.isEmpty()) {
      return Future.succeededFuture();
    }
    int gap = firstGap(fresh);
    return gap < 0
        ? bring(fresh)
        : bring(fresh.subList(0, gap))
            .compose(done -> handleFresh(fresh.subList(gap, fresh.size())));
  }

  private Future<Void> bring(List<Change> fresh) {
    return routes
        .of(fresh)
        .compose(this::deliver)
        .onSuccess(
            done -> {
              seen.add(fresh);
              meters.wentOut(fresh);
            });
  }

  /** Of what is put back, all that is remembered is forgotten. */
  private List<Change> decode(List<StreamRecord> records) {
    List<Change> changes = new ArrayList<>(records.size());
    for (StreamRecord record : records) {
      Optional<Change> change = ChangeRecord.decode(record);
      if (change.isEmpty()) {
        meters.unknown();
        continue;
      }
      changes.add(change.get());
      if (DeadLetter.isReplay(record)) {
        seen.forget(change.get());
      }
    }
    return changes;
  }

  /** Where a change does not follow the one before it of its conversation; -1 where all do. */
  private static int firstGap(List<Change> changes) {
    Map<ConversationId, Long> last = new HashMap<>();
    for (int i = 0; i < changes.size(); i++) {
      Change change = changes.get(i);
      Long before = last.put(change.conversationId(), change.changeSeq());
      if (before != null && change.changeSeq() != before + 1) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Waits for every gateway. One that is away counts for more than one that cannot: as long as
   * somebody has to be waited for, nothing can be put aside.
   */
  private Future<Void> deliver(Map<String, DeliverChanges> messages) {
    List<Future<Void>> taken = new ArrayList<>(messages.size());
    messages.forEach(
        (gateway, message) -> {
          meters.deliveries(message.deliveries().size());
          taken.add(courier.deliver(gateway, message));
        });
    return Future.join(taken)
        .<Void>mapEmpty()
        .recover(
            first ->
                Future.failedFuture(
                    taken.stream()
                        .map(Future::cause)
                        .filter(TryAgainException.class::isInstance)
                        .findFirst()
                        .orElse(first)));
  }
}

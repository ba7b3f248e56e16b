package chat.parley.receipts;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.bus.InboxMessages.ReadsMoved;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The receipts stage of a node: answers {@link Addresses#RECEIPTS}. */
public final class ReceiptsVerticle extends VerticleBase {
  private final Bus bus;
  private final CursorMover mover;
  private final ReceiptReader reader;
  private MessageConsumer<ReceiptMessages> consumer;

  /** {@code mover} and {@code reader} may be shared by several instances. */
  public ReceiptsVerticle(Bus bus, CursorMover mover, ReceiptReader reader) {
    this.bus = bus;
    this.mover = mover;
    this.reader = reader;
  }

  @Override
  public Future<?> start() {
    return bus.answer(Addresses.RECEIPTS, this::answer).onSuccess(opened -> consumer = opened);
  }

  @Override
  public Future<?> stop() {
    return consumer == null ? Future.succeededFuture() : consumer.unregister();
  }

  private Future<? extends ReceiptMessages> answer(ReceiptMessages message) {
    if (message instanceof MoveCursors moves) {
      return mover.move(moves).map(moved -> tell(moves, moved));
    }
    if (message instanceof ReceiptsQuery query) {
      return reader.read(query);
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not a receipts command"));
  }

  private Moved tell(MoveCursors moves, ReceiptsMoved moved) {
    if (!moved.receipts().isEmpty()) {
      bus.send(Addresses.RECEIPT_FANOUT, moved);
    }
    List<ReadMoved> reads = readsOf(moves, moved);
    if (!reads.isEmpty()) {
      bus.send(Addresses.INBOX, new ReadsMoved(reads));
    }
    return new Moved();
  }

  /** The read cursors that rose, with the device that moved each. */
  private static List<ReadMoved> readsOf(MoveCursors moves, ReceiptsMoved moved) {
    List<ReadMoved> reads = new ArrayList<>();
    for (ReceiptMoved risen : moved.receipts()) {
      if (risen.kind() == ReceiptKind.READ) {
        moves.read().stream()
            .filter(move -> move.conversationId().equals(risen.conversationId()))
            .filter(move -> move.userId().equals(risen.userId()))
            .max(Comparator.comparingLong(Read::seq))
            .ifPresent(
                move ->
                    reads.add(
                        new ReadMoved(
                            risen.userId(), move.deviceId(), risen.conversationId(), risen.seq())));
      }
    }
    return reads;
  }
}

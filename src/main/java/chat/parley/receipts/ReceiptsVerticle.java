package chat.parley.receipts;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;

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
      return mover.move(moves).map(this::tell);
    }
    if (message instanceof ReceiptsQuery query) {
      return reader.read(query);
    }
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not a receipts command"));
  }

  private Moved tell(ReceiptsMoved moved) {
    if (!moved.receipts().isEmpty()) {
      bus.send(Addresses.RECEIPT_FANOUT, moved);
    }
    return new Moved();
  }
}

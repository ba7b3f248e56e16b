package chat.parley.receipts;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.InboxMessages.ReadMoved;
import chat.parley.bus.InboxMessages.ReadsMoved;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.CountsQuery;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.MoveLarge;
import chat.parley.bus.ReceiptMessages.Moved;
import chat.parley.bus.ReceiptMessages.Read;
import chat.parley.bus.ReceiptMessages.ReceiptCounts;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsChosen;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsQuery;
import chat.parley.model.ConversationId;
import chat.parley.receipts.CursorMover.Outcome;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The receipts stage of a node: answers {@link Addresses#RECEIPTS}, and at its own address for the
 * large conversations whose receipts it gathers. One a node.
 */
public final class ReceiptsVerticle extends VerticleBase {
  /**
   * What it works with.
   *
   * @param choices whose receipts others are told
   * @param large of this verticle alone
   */
  public record Parts(
      Bus bus,
      CursorMover mover,
      ReceiptReader reader,
      KnownChoices choices,
      Sizes sizes,
      Places places,
      LargeReceipts large,
      LargeSettings settings) {}

  private static final Logger LOG = LoggerFactory.getLogger(ReceiptsVerticle.class);

  /** Sooner than who asks here gives up: the others' moves are to be known as done. */
  private static final long PLACE_MS = 3_000;

  private final Parts parts;
  private final List<MessageConsumer<ReceiptMessages>> consumers = new ArrayList<>();
  private long timer = -1;

  public ReceiptsVerticle(Parts parts) {
    this.parts = parts;
  }

  @Override
  public Future<?> start() {
    timer =
        vertx.setPeriodic(parts.settings().flushMs() / LargeReceipts.STEPS, due -> flushAPart());
    return parts
        .bus()
        .answer(Addresses.receipts(parts.places().self()), this::gather)
        .onSuccess(consumers::add)
        .compose(opened -> parts.bus().listen(Addresses.ALL_RECEIPTS, this::hear))
        .onSuccess(consumers::add)
        .compose(opened -> parts.bus().answer(Addresses.RECEIPTS, this::answer))
        .onSuccess(consumers::add);
  }

  @Override
  public Future<?> stop() {
    vertx.cancelTimer(timer);
    return Future.join(consumers.stream().map(MessageConsumer::unregister).toList())
        .transform(silent -> parts.large().close().otherwiseEmpty());
  }

  /** Who else gathers matters to each count that is told or asked for. */
  private void look() {
    parts.large().sees(parts.places().nodes());
  }

  private void flushAPart() {
    look();
    parts
        .large()
        .step()
        .onFailure(cause -> LOG.warn("receipts wait for the next flush: {}", cause.toString()));
  }

  private void hear(ReceiptMessages message) {
    if (message instanceof ReceiptsChosen chosen) {
      parts.choices().forget(chosen.userId());
    }
  }

  private Future<? extends ReceiptMessages> answer(ReceiptMessages message) {
    if (message instanceof MoveCursors moves) {
      return move(moves);
    }
    if (message instanceof ReceiptsQuery query) {
      ConversationId conversation = query.conversationId();
      return parts
          .sizes()
          .largeOf(Set.of(conversation))
          .compose(
              large ->
                  large.isEmpty()
                      ? parts.reader().read(query).<ReceiptMessages>map(found -> found)
                      : parts
                          .bus()
                          .request(
                              Addresses.receipts(parts.places().of(conversation)),
                              new CountsQuery(query),
                              ReceiptCounts.class)
                          .map(found -> found));
    }
    return notOurs();
  }

  private Future<? extends ReceiptMessages> gather(ReceiptMessages message) {
    look();
    if (message instanceof MoveLarge moves) {
      return parts.large().move(moves.moves());
    }
    if (message instanceof CountsQuery query) {
      return parts.large().counts(query.question());
    }
    return notOurs();
  }

  private static Future<ReceiptMessages> notOurs() {
    return Future.failedFuture(new FailureException(Failure.BAD_REQUEST, "not a receipts command"));
  }

  private Future<Moved> move(MoveCursors moves) {
    return parts
        .sizes()
        .largeOf(moves.conversations())
        .compose(
            large -> {
              MovesBySize split = MovesBySize.of(moves, large, parts.places()::of);
              List<Future<MoveCursors>> rests = new ArrayList<>();
              rests.add(moveSmall(split.small()));
              split.byPlace().forEach((place, part) -> rests.add(moveLarge(place, part)));
              return Future.all(rests)
                  .compose(
                      done ->
                          new Moved(
                                  rests.stream()
                                      .map(Future::result)
                                      .reduce(Moved.all().rest(), MoveCursors::and))
                              .to(moves));
            });
  }

  /** Gives what is not moved; one part that fails must not hold up the others. */
  private Future<MoveCursors> moveSmall(MoveCursors moves) {
    return parts
        .mover()
        .move(moves)
        .onSuccess(outcome -> tell(moves, outcome.moved()))
        .map(Outcome::rest)
        .recover(cause -> waits(cause, moves));
  }

  private Future<MoveCursors> moveLarge(String place, MoveCursors moves) {
    return parts
        .bus()
        .request(Addresses.receipts(place), new MoveLarge(moves.inPart()), Moved.class, PLACE_MS)
        .map(Moved::rest)
        .onSuccess(rest -> tellOfLarge(moves, rest))
        .recover(cause -> waits(cause, moves));
  }

  private static Future<MoveCursors> waits(Throwable cause, MoveCursors moves) {
    LOG.atLevel(cause instanceof FailureException ? Level.DEBUG : Level.WARN)
        .log("receipts are not moved: {}", cause.toString());
    return Future.succeededFuture(moves);
  }

  private void tellOfLarge(MoveCursors moves, MoveCursors rest) {
    tellOwn(
        moves.read().stream()
            .filter(read -> !rest.read().contains(read))
            .map(
                read ->
                    new ReadMoved(
                        read.userId(), read.deviceId(), read.conversationId(), read.seq()))
            .toList());
  }

  private void tell(MoveCursors moves, ReceiptsMoved moved) {
    parts.choices().told(moved.receipts()).onSuccess(this::tellOthers);
    tellOwn(readsOf(moves, moved));
  }

  private void tellOthers(List<ReceiptMoved> moved) {
    if (!moved.isEmpty()) {
      parts.bus().send(Addresses.RECEIPT_FANOUT, new ReceiptsMoved(moved));
    }
  }

  /** The users' other devices. */
  private void tellOwn(List<ReadMoved> reads) {
    if (!reads.isEmpty()) {
      parts.bus().send(Addresses.INBOX, new ReadsMoved(reads));
    }
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

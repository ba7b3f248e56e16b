package chat.parley.receipts;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.conversation.Conversations;
import chat.parley.conversation.Standing;
import chat.parley.cursor.Cursors;
import chat.parley.log.DamagedLogException;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Takes cursor moves: keeps the highest of each cursor, drops what its user may not see, clamps to
 * the committed head, stores what really rises, and says what others may be told.
 *
 * <p>A delivered move that brings its {@code seq} comes from a gateway that has sent that very
 * change, so it is within the head, its user was there, and it needs no question; only moves that a
 * client made up from its own cursors are checked against the members, the owner's head and the
 * log. Thread-safe.
 */
public final class CursorMover {
  private record DeliveredKey(UserId user, DeviceId device, ConversationId conversation) {}

  private record ReadKey(UserId user, ConversationId conversation) {}

  /** One whose owner is silent must not hold up those of others. */
  private static final long PARTLY_WITHIN_MS = 1_000;

  /** Sooner than who asks gives up, who would not hear then why. */
  private static final long WITHIN_MS = 2_500;

  /**
   * What came of moves.
   *
   * @param moved those that rose as far as this node knows, all of which are durable
   * @param rest those that nobody can place now: to be tried again
   */
  public record Outcome(ReceiptsMoved moved, MoveCursors rest) {}

  /**
   * Moves as they are to be stored.
   *
   * @param rest those that nobody can place now
   */
  record Resolved(List<Cursors.Delivered> delivered, List<Cursors.Read> read, MoveCursors rest) {}

  /**
   * What becomes of one move.
   *
   * @param now what is to be stored; null for nothing
   * @param later why it waits; null where it does not
   */
  private record Placed<T>(T now, Throwable later) {
    /** Notes what is to be stored, or that the move waits, and why. */
    <M> void sort(List<T> toStore, M move, List<M> rest, List<Throwable> causes) {
      if (later != null) {
        rest.add(move);
        causes.add(later);
      } else if (now != null) {
        toStore.add(now);
      }
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(CursorMover.class);
  private static final Throwable SILENT =
      new FailureException(Failure.UNAVAILABLE, "the conversation's owner is silent");

  /** The log does not say it. */
  private static final long NO_SEQ = -1;

  private final KnownMembers members;
  private final Cursors cursors;
  private final MessageLog log;
  private final HeadsSoon heads;
  private final KnownCursors known = new KnownCursors();
  private final Unreadable unreadable = new Unreadable();

  /** {@code heads} are committed ones. */
  public CursorMover(
      Conversations conversations,
      Cursors cursors,
      MessageLog log,
      HeadsSoon heads,
      InstantSource clock) {
    this.members = new KnownMembers(conversations, clock);
    this.cursors = cursors;
    this.log = log;
    this.heads = heads;
  }

  /**
   * Moves these cursors.
   *
   * @return completes when all that could be placed are durable; fails with a store's fault, then
   *     some may be stored
   */
  public Future<Outcome> move(MoveCursors moves) {
    return resolve(moves)
        .compose(
            found ->
                store(found.delivered(), found.read())
                    .map(moved -> new Outcome(moved, found.rest())));
  }

  /**
   * The moves that rise as far as this node knows, checked and clamped; stores nothing. Each is
   * placed by itself: one whose store or owner is away is among the rest, and one of which
   * something cannot be read, now or later, is stored without its seq or dropped.
   */
  Future<Resolved> resolve(MoveCursors moves) {
    Map<DeliveredKey, ReceiptMessages.Delivered> delivered = new HashMap<>();
    for (ReceiptMessages.Delivered move : moves.delivered()) {
      delivered.merge(
          new DeliveredKey(move.userId(), move.deviceId(), move.conversationId()),
          move,
          (a, b) ->
              a.changeSeq() > b.changeSeq() || a.changeSeq() == b.changeSeq() && a.seq() > b.seq()
                  ? a
                  : b);
    }
    delivered.values().removeIf(known::isDeliveredStored);
    Map<ReadKey, ReceiptMessages.Read> read = new HashMap<>();
    for (ReceiptMessages.Read move : moves.read()) {
      read.merge(
          new ReadKey(move.userId(), move.conversationId()),
          move,
          (a, b) -> a.seq() >= b.seq() ? a : b);
    }
    read.values().removeIf(known::isReadStored);
    long withinMs = moves.partly() ? PARTLY_WITHIN_MS : WITHIN_MS;
    return askOwners(delivered.values(), read.values(), withinMs)
        .compose(
            found ->
                place(moves, List.copyOf(delivered.values()), List.copyOf(read.values()), found));
  }

  private static boolean isUnsure(ReceiptMessages.Delivered move) {
    return move.seq() < 0;
  }

  private boolean isUnsure(ReceiptMessages.Read move) {
    return move.seq() > known.highestSeq(move.conversationId());
  }

  /** The heads of those conversations that some move cannot do without, of those who answer. */
  private Future<Map<ConversationId, Head>> askOwners(
      Collection<ReceiptMessages.Delivered> delivered,
      Collection<ReceiptMessages.Read> read,
      long withinMs) {
    Map<ConversationId, Set<UserId>> unsure = new HashMap<>();
    for (ReceiptMessages.Delivered move : delivered) {
      if (isUnsure(move)) {
        unsure.computeIfAbsent(move.conversationId(), any -> new HashSet<>()).add(move.userId());
      } else {
        known.sawSeq(move.conversationId(), move.seq());
      }
    }
    for (ReceiptMessages.Read move : read) {
      if (isUnsure(move)) {
        unsure.computeIfAbsent(move.conversationId(), any -> new HashSet<>()).add(move.userId());
      }
    }
    // An owner is not to be asked about a conversation that is not there or not the asker's. Whose
    // place cannot be read is no reason to ask either: what becomes of their moves is seen later.
    List<Future<ConversationId>> real = new ArrayList<>();
    unsure.forEach(
        (conversation, users) ->
            users.forEach(
                user ->
                    real.add(
                        members
                            .standing(conversation, user)
                            .map(standing -> standing.isStranger() ? null : conversation)
                            .otherwiseEmpty())));
    return Future.join(real)
        .compose(
            done -> {
              Set<ConversationId> asked = new HashSet<>();
              real.stream().map(Future::result).filter(Objects::nonNull).forEach(asked::add);
              return asked.isEmpty()
                  ? Future.succeededFuture(Map.<ConversationId, Head>of())
                  : heads.of(asked, withinMs);
            })
        .otherwise(unheard -> Map.of()) // their owners are silent too
        .onSuccess(found -> found.forEach((id, head) -> known.sawSeq(id, head.seq())));
  }

  private Future<Resolved> place(
      MoveCursors moves,
      List<ReceiptMessages.Delivered> delivered,
      List<ReceiptMessages.Read> read,
      Map<ConversationId, Head> found) {
    List<Future<Placed<Cursors.Delivered>>> deliveries = new ArrayList<>();
    for (ReceiptMessages.Delivered move : delivered) {
      ConversationId id = move.conversationId();
      deliveries.add(alone(id, place(move, found.get(id))));
    }
    List<Future<Placed<Cursors.Read>>> reads = new ArrayList<>();
    for (ReceiptMessages.Read move : read) {
      ConversationId id = move.conversationId();
      reads.add(alone(id, place(move, found.get(id))));
    }
    List<Future<?>> all = new ArrayList<>(deliveries);
    all.addAll(reads);
    return Future.join(all)
        .map(
            done -> {
              MoveCursors rest = moves.with(new ArrayList<>(), new ArrayList<>());
              Resolved resolved = new Resolved(new ArrayList<>(), new ArrayList<>(), rest);
              List<Throwable> causes = new ArrayList<>();
              for (int i = 0; i < delivered.size(); i++) {
                Placed<Cursors.Delivered> placed = deliveries.get(i).result();
                placed.sort(resolved.delivered(), delivered.get(i), rest.delivered(), causes);
              }
              for (int i = 0; i < read.size(); i++) {
                Placed<Cursors.Read> placed = reads.get(i).result();
                placed.sort(resolved.read(), read.get(i), rest.read(), causes);
              }
              log(causes);
              return resolved;
            });
  }

  /** One line for all of them: they may be hundreds, each second again. */
  private static void log(List<Throwable> causes) {
    if (!causes.isEmpty()) {
      boolean refused = causes.stream().allMatch(FailureException.class::isInstance);
      LOG.atLevel(refused ? Level.DEBUG : Level.WARN)
          .log("{} receipts wait, one because of: {}", causes.size(), causes.get(0).toString());
    }
  }

  /** What becomes of a move in any case: what it fails with must not hold up the others. */
  private <T> Future<Placed<T>> alone(ConversationId conversation, Future<T> placing) {
    return placing.transform(
        done -> {
          if (done.succeeded()) {
            return Future.succeededFuture(new Placed<T>(done.result(), null));
          }
          if (!DamagedLogException.isUnreadable(done.cause())) {
            return Future.succeededFuture(new Placed<T>(null, done.cause()));
          }
          unreadable.warn(conversation, done.cause());
          return Future.succeededFuture(new Placed<T>(null, null));
        });
  }

  /** The move as it is to be stored; null where it is not to be. Fails while an owner is silent. */
  private Future<Cursors.Delivered> place(ReceiptMessages.Delivered move, Head head) {
    return isUnsure(move)
        ? members
            .standing(move.conversationId(), move.userId())
            .compose(standing -> place(move, head, standing))
        : Future.succeededFuture(at(move, move.changeSeq(), move.seq()));
  }

  private Future<Cursors.Delivered> place(
      ReceiptMessages.Delivered move, Head head, Standing standing) {
    if (standing.isStranger()) {
      return Future.succeededFuture();
    }
    if (head == null) {
      return Future.failedFuture(SILENT);
    }
    long reached = Math.min(move.changeSeq(), head.changeSeq());
    return reached < 1 || !standing.wasThere(reached)
        ? Future.succeededFuture()
        : seqAt(move.conversationId(), reached, head).map(seq -> at(move, reached, seq));
  }

  /** The device has the change, also where the log cannot say how many messages that makes. */
  private Future<Long> seqAt(ConversationId conversation, long changeSeq, Head head) {
    if (changeSeq == head.changeSeq()) {
      return Future.succeededFuture(head.seq());
    }
    return log.ascending(conversation, changeSeq, head.changeSeq(), 1)
        .map(changes -> changes.get(0).seq())
        .recover(
            cause -> {
              if (!DamagedLogException.isUnreadable(cause)) {
                return Future.failedFuture(cause);
              }
              unreadable.warn(conversation, cause);
              return Future.succeededFuture(NO_SEQ);
            });
  }

  private static Cursors.Delivered at(ReceiptMessages.Delivered move, long changeSeq, long seq) {
    return changeSeq < 1
        ? null
        : new Cursors.Delivered(
            move.userId(), move.deviceId(), move.conversationId(), changeSeq, seq);
  }

  /** The same of a read cursor. */
  private Future<Cursors.Read> place(ReceiptMessages.Read move, Head head) {
    return members
        .standing(move.conversationId(), move.userId())
        .compose(
            standing -> {
              if (standing.current().isEmpty()) {
                return Future.succeededFuture();
              }
              if (head == null && isUnsure(move)) {
                return Future.failedFuture(SILENT);
              }
              long seq = Math.min(move.seq(), known.highestSeq(move.conversationId()));
              return Future.succeededFuture(
                  seq < 1 ? null : new Cursors.Read(move.userId(), move.conversationId(), seq));
            });
  }

  private Future<ReceiptsMoved> store(List<Cursors.Delivered> delivered, List<Cursors.Read> read) {
    if (delivered.isEmpty() && read.isEmpty()) {
      return Future.succeededFuture(new ReceiptsMoved(List.of()));
    }
    return learn(delivered, read)
        .compose(known -> cursors.move(delivered, read))
        .map(
            stored -> {
              List<ReceiptMoved> risen = new ArrayList<>();
              for (Cursors.Delivered one : delivered) {
                if (known.storedDelivered(one)) {
                  risen.add(
                      receipt(
                          one.conversationId(), one.userId(), ReceiptKind.DELIVERED, one.seq()));
                }
              }
              for (Cursors.Read one : read) {
                if (known.storedRead(one)) {
                  risen.add(
                      receipt(one.conversationId(), one.userId(), ReceiptKind.READ, one.seq()));
                }
              }
              return new ReceiptsMoved(risen);
            });
  }

  /**
   * What another node has stored, or this one before it was started, so that nobody is told of a
   * cursor that is lower than one they know of. Where it cannot be read a receipt too many is told.
   */
  private Future<Void> learn(List<Cursors.Delivered> delivered, List<Cursors.Read> read) {
    Map<ConversationId, Set<UserId>> unknown = new HashMap<>();
    delivered.forEach(move -> addUnknown(unknown, move.conversationId(), move.userId()));
    read.forEach(move -> addUnknown(unknown, move.conversationId(), move.userId()));
    List<Future<Void>> reads = new ArrayList<>();
    unknown.forEach(
        (conversation, users) ->
            reads.add(
                cursors
                    .of(conversation, users)
                    .onSuccess(found -> found.forEach(one -> known.found(conversation, one)))
                    .mapEmpty()));
    return Future.join(reads).<Void>mapEmpty().otherwiseEmpty();
  }

  private void addUnknown(
      Map<ConversationId, Set<UserId>> unknown, ConversationId conversation, UserId user) {
    if (!known.knows(user, conversation)) {
      unknown.computeIfAbsent(conversation, any -> new HashSet<>()).add(user);
    }
  }

  private static ReceiptMoved receipt(
      ConversationId conversation, UserId user, ReceiptKind kind, long seq) {
    return new ReceiptMoved(conversation, user, kind, seq);
  }
}

package chat.parley.receipts;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.ReceiptMessages;
import chat.parley.bus.ReceiptMessages.MoveCursors;
import chat.parley.bus.ReceiptMessages.ReceiptKind;
import chat.parley.bus.ReceiptMessages.ReceiptMoved;
import chat.parley.bus.ReceiptMessages.ReceiptsMoved;
import chat.parley.conversation.Conversations;
import chat.parley.cursor.Cursors;
import chat.parley.log.MessageLog;
import chat.parley.model.ConversationId;
import chat.parley.model.DeviceId;
import chat.parley.model.Position;
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

  /** The heads of conversations that were asked about; the others' owners are silent. */
  private record Bounds(Set<ConversationId> asked, Map<ConversationId, Head> heads) {
    private static final Bounds NONE = new Bounds(Set.of(), Map.of());

    private boolean isSilent(ConversationId conversation) {
      return asked.contains(conversation) && !heads.containsKey(conversation);
    }

    /** Notes the move if so. */
    boolean isSilent(ReceiptMessages.Delivered move, MoveCursors rest) {
      return isSilent(move.conversationId()) && rest.delivered().add(move);
    }

    /** Notes the move if so. */
    boolean isSilent(ReceiptMessages.Read move, MoveCursors rest) {
      return isSilent(move.conversationId()) && rest.read().add(move);
    }
  }

  private final KnownMembers members;
  private final Cursors cursors;
  private final MessageLog log;
  private final HeadsSoon heads;
  private final KnownCursors known = new KnownCursors();

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

  /** The moves that rise as far as this node knows, checked and clamped; stores nothing. */
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
    return bounds(delivered.values(), read.values(), withinMs)
        .compose(
            bounds -> {
              MoveCursors rest = moves.with(new ArrayList<>(), new ArrayList<>());
              delivered.values().removeIf(move -> isUnsure(move) && bounds.isSilent(move, rest));
              read.values().removeIf(move -> isUnsure(move) && bounds.isSilent(move, rest));
              return resolve(delivered.values(), read.values(), bounds.heads(), rest);
            });
  }

  private static boolean isUnsure(ReceiptMessages.Delivered move) {
    return move.seq() < 0;
  }

  private boolean isUnsure(ReceiptMessages.Read move) {
    return move.seq() > known.highestSeq(move.conversationId());
  }

  /** The heads of those conversations that some move cannot do without, of those who answer. */
  private Future<Bounds> bounds(
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
    if (unsure.isEmpty()) {
      return Future.succeededFuture(Bounds.NONE);
    }
    // An owner is not to be asked about a conversation that is not there or not the asker's.
    List<Future<ConversationId>> real = new ArrayList<>();
    unsure.forEach(
        (conversation, users) ->
            users.forEach(
                user ->
                    real.add(
                        members
                            .standing(conversation, user)
                            .map(standing -> standing.isStranger() ? null : conversation))));
    return Future.all(real)
        .compose(
            done -> {
              Set<ConversationId> asked = new HashSet<>();
              real.stream().map(Future::result).filter(Objects::nonNull).forEach(asked::add);
              return asked.isEmpty()
                  ? Future.succeededFuture(Bounds.NONE)
                  : heads.of(asked, withinMs).map(found -> new Bounds(asked, found));
            })
        .onSuccess(found -> found.heads().forEach((id, head) -> known.sawSeq(id, head.seq())));
  }

  private Future<Resolved> resolve(
      Collection<ReceiptMessages.Delivered> delivered,
      Collection<ReceiptMessages.Read> read,
      Map<ConversationId, Head> heads,
      MoveCursors rest) {
    List<Future<Cursors.Delivered>> deliveries =
        delivered.stream().map(move -> resolve(move, heads.get(move.conversationId()))).toList();
    List<Future<Cursors.Read>> reads = read.stream().map(this::resolve).toList();
    List<Future<?>> all = new ArrayList<>(deliveries);
    all.addAll(reads);
    return Future.all(all)
        .map(
            done ->
                new Resolved(
                    deliveries.stream().map(Future::result).filter(Objects::nonNull).toList(),
                    reads.stream().map(Future::result).filter(Objects::nonNull).toList(),
                    rest));
  }

  /** The move as it is to be stored; null where it is not to be. */
  private Future<Cursors.Delivered> resolve(ReceiptMessages.Delivered move, Head head) {
    if (!isUnsure(move)) {
      return Future.succeededFuture(at(move, new Position(move.changeSeq(), move.seq())));
    }
    if (head == null) {
      return Future.succeededFuture();
    }
    return members
        .standing(move.conversationId(), move.userId())
        .compose(
            standing ->
                positionOf(move, head)
                    .map(
                        position ->
                            standing.wasThere(position.changeSeq()) ? at(move, position) : null));
  }

  private Future<Position> positionOf(ReceiptMessages.Delivered move, Head head) {
    if (move.changeSeq() >= head.changeSeq()) {
      return Future.succeededFuture(new Position(head.changeSeq(), head.seq()));
    }
    if (move.changeSeq() < 1) {
      return Future.succeededFuture(Position.START);
    }
    return log.ascending(move.conversationId(), move.changeSeq(), head.changeSeq(), 1)
        .map(changes -> new Position(move.changeSeq(), changes.get(0).seq()));
  }

  private static Cursors.Delivered at(ReceiptMessages.Delivered move, Position position) {
    return position.changeSeq() < 1
        ? null
        : new Cursors.Delivered(
            move.userId(),
            move.deviceId(),
            move.conversationId(),
            position.changeSeq(),
            position.seq());
  }

  private Future<Cursors.Read> resolve(ReceiptMessages.Read move) {
    return members
        .standing(move.conversationId(), move.userId())
        .map(
            standing -> {
              long seq = Math.min(move.seq(), known.highestSeq(move.conversationId()));
              return seq < 1 || standing.current().isEmpty()
                  ? null
                  : new Cursors.Read(move.userId(), move.conversationId(), seq);
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

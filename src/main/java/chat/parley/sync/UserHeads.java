package chat.parley.sync;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.UserId;
import chat.parley.personal.InboxRow;
import chat.parley.personal.InboxRows;
import chat.parley.registry.ShardRouter;
import chat.parley.registry.ShardRouter.Movement;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How far each of a user's conversations goes, for the price of one partition of the store however
 * many they are.
 *
 * <p>The rows of the inbox say it, but they follow the stream, which follows the log: they may be
 * late, and while Kafka or the inbox stage is away they are late by as long as that lasts. A sync
 * must lose nothing by that, so a row counts only where it is known that it cannot be late:
 *
 * <ul>
 *   <li>Every conversation that was written to lately is in its owner's memory, and so is each of
 *       which something is not in the stream yet; a new owner takes over all that the one before
 *       had not let go of. Of these the owner says the head itself, without a read.
 *   <li>An owner lets go of a conversation only when all of it has been in the stream for a while
 *       ({@code log.idle-ms}). Of such a one it says that it rests.
 *   <li>The inbox stage is watched from outside: all that was in the stream some time ago is in the
 *       rows; where something was removed from the stream unseen that is not known. If that is a
 *       shorter while than the owners' then the row of a resting conversation is whole. If it is
 *       not, or not known, the rows are not looked at and owners are asked for the head of each
 *       conversation, a read each: slow, but right.
 *   <li>A conversation without a row, and one whose row says so itself (of very many members), is
 *       asked for in any case.
 * </ul>
 *
 * <p>A row that follows its conversation is one of a small conversation: rows stop to follow where
 * there are more members than {@code inbox.rows-up-to}, which is less than {@code
 * large.small-below}. So of those whose size matters here the owner is always asked.
 *
 * <p>What is committed after the owners were asked is none of a sync's business: the device was
 * made known to the fan-out before, and gets it live.
 *
 * <p>Only durations are compared, each measured by one process's monotonic clock.
 */
final class UserHeads {
  /** Where a conversation stands; {@code row} is null where there is none. */
  record Standing(Position head, boolean large, InboxRow row) {
    private static Standing of(Head head, InboxRow row) {
      return new Standing(new Position(head.changeSeq(), head.seq()), head.large(), row);
    }

    /** Whether the row tells all that there is to tell up to the head. */
    boolean isFollowed() {
      return row != null && !row.byHead() && row.position().equals(head) && row.knowsLastMessage();
    }
  }

  private final InboxRows rows;
  private final Owners owners;
  private final LongSupplier rowsAgeMs;
  private final Counter asked;

  /** What the owners of conversations are asked. */
  interface Owners {
    /** {@code ShardRouter::movement}. */
    Future<Movement> movement(Collection<ConversationId> conversations);

    /** {@code ShardRouter::sizedHeads}. */
    Future<Map<ConversationId, Head>> heads(Collection<ConversationId> conversations);

    /** Those that a router finds. */
    static Owners of(ShardRouter router) {
      return new Owners() {
        @Override
        public Future<Movement> movement(Collection<ConversationId> conversations) {
          return router.movement(conversations);
        }

        @Override
        public Future<Map<ConversationId, Head>> heads(Collection<ConversationId> conversations) {
          return router.sizedHeads(conversations);
        }
      };
    }
  }

  /**
   * {@code rowsAgeMs}: all that was in the stream so many milliseconds ago is in the rows; {@code
   * Long.MAX_VALUE} where that is not known.
   */
  UserHeads(InboxRows rows, Owners owners, LongSupplier rowsAgeMs, MeterRegistry meters) {
    this.rows = rows;
    this.owners = owners;
    this.rowsAgeMs = rowsAgeMs;
    this.asked =
        Counter.builder("parley.sync.heads.asked")
            .description("Heads that were asked for one by one, because no row could tell them")
            .register(meters);
  }

  /** Of each of these conversations of the user's; fails where owners cannot be asked. */
  Future<Map<ConversationId, Standing>> of(UserId user, Collection<ConversationId> conversations) {
    if (conversations.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    long startedAt = System.nanoTime();
    long ageMs = rowsAgeMs.getAsLong(); // before the rows are read: they are no older than this
    Future<Map<ConversationId, InboxRow>> own = rows.ofUser(user);
    Future<Movement> movement = owners.movement(conversations);
    return Future.all(own, movement)
        .compose(
            both -> {
              boolean whole = ageMs < movement.result().restingMs() - elapsedMs(startedAt);
              return complete(own.result(), movement.result(), whole);
            });
  }

  private Future<Map<ConversationId, Standing>> complete(
      Map<ConversationId, InboxRow> own, Movement movement, boolean whole) {
    Map<ConversationId, Standing> standings = new HashMap<>();
    movement.heads().forEach((id, head) -> standings.put(id, Standing.of(head, own.get(id))));
    Set<ConversationId> unsure = new HashSet<>();
    for (ConversationId id : movement.resting()) {
      InboxRow row = own.get(id);
      if (whole && row != null && !row.byHead()) {
        standings.put(id, new Standing(row.position(), false, row));
      } else {
        unsure.add(id);
      }
    }
    if (unsure.isEmpty()) {
      return Future.succeededFuture(standings);
    }
    asked.increment(unsure.size());
    return owners
        .heads(unsure)
        .map(
            heads -> {
              heads.forEach((id, head) -> standings.put(id, Standing.of(head, own.get(id))));
              return standings;
            });
  }

  private static long elapsedMs(long startedAt) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt);
  }
}

package chat.parley.registry;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.IngestMessages;
import chat.parley.bus.IngestMessages.Command;
import chat.parley.bus.IngestMessages.Head;
import chat.parley.bus.IngestMessages.Heads;
import chat.parley.bus.IngestMessages.HeadsQuery;
import chat.parley.bus.IngestMessages.Moving;
import chat.parley.bus.IngestMessages.MovingQuery;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.model.ConversationId;
import chat.parley.model.Position;
import chat.parley.model.Shard;
import chat.parley.turns.Parts;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Timer;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Takes commands to the node that owns the conversation's shard. While a shard moves, it asks the
 * directory again until the deadline, so that a move is invisible to clients that wait. An owner
 * that says when to come back, because its store is away, is believed at once. A command of which
 * nobody knows whether it was carried out is repeated only where that does no harm ({@link
 * Command#mayRepeat}): an invitation for one, repeated after somebody's removal of the same user,
 * would bring them back. All are repeated only while somebody waits for them.
 */
public final class ShardRouter {
  private static final long RETRY_MS = 100;
  private static final int PART = 50;

  private final Vertx vertx;
  private final Bus bus;
  private final ShardDirectory directory;
  private final long deadlineMs;
  private final Clock clock;
  private final SendMeters meters;

  /** {@code deadlineMs} bounds the whole search, all retries included. */
  public ShardRouter(
      Vertx vertx,
      Bus bus,
      ShardDirectory directory,
      long deadlineMs,
      Clock clock,
      MeterRegistry meters) {
    this.vertx = vertx;
    this.bus = bus;
    this.directory = directory;
    this.deadlineMs = deadlineMs;
    this.clock = clock;
    this.meters = new SendMeters(meters);
  }

  /** Carries a command out at the owner. Fails with {@link FailureException} only. */
  public <R extends IngestMessages> Future<R> command(Command command, Class<R> reply) {
    if (!(command instanceof SendMessage send)) {
      return command(command, reply, () -> true);
    }
    long startedAt = System.nanoTime();
    return attempt(send.at(clock.millis()), reply, new Search(deadlineMs), () -> true)
        .onComplete(done -> meters.answered(send.conversationId(), done, startedAt));
  }

  /**
   * The same for a command without an id of its own, which is asked for only while somebody waits
   * for its answer: who has given up may since have asked for it again, and then for the opposite.
   *
   * @param awaited whether the caller is still there, asked before each attempt
   */
  public <R extends IngestMessages> Future<R> command(
      Command command, Class<R> reply, BooleanSupplier awaited) {
    return attempt(command, reply, new Search(deadlineMs), awaited);
  }

  /**
   * The committed heads of these conversations, as their owners know them.
   *
   * @return fails with {@link Failure#UNAVAILABLE} where an owner cannot be asked before the
   *     deadline, or says that it cannot know them now
   */
  public Future<Map<ConversationId, Position>> heads(Collection<ConversationId> conversations) {
    return sizedHeads(conversations).map(ShardRouter::positions);
  }

  /** The same as {@link #heads}, but fails where they are not all known after so long. */
  public Future<Map<ConversationId, Position>> heads(
      Collection<ConversationId> conversations, long ms) {
    return headsWithin(conversations, ms)
        .compose(
            found ->
                found.keySet().containsAll(conversations)
                    ? Future.succeededFuture(positions(found))
                    : Future.failedFuture(noOwnerInTime()));
  }

  private static FailureException noOwnerInTime() {
    return new FailureException(Failure.UNAVAILABLE, "no owner in time", 1000);
  }

  private static Map<ConversationId, Position> positions(Map<ConversationId, Head> found) {
    Map<ConversationId, Position> heads = new HashMap<>(2 * found.size());
    found.forEach((id, head) -> heads.put(id, new Position(head.changeSeq(), head.seq())));
    return heads;
  }

  /** The same as {@link #heads}, each with the size that its conversation has there. */
  public Future<Map<ConversationId, Head>> sizedHeads(Collection<ConversationId> conversations) {
    Map<ConversationId, Head> found = new HashMap<>();
    return collect(new HashSet<>(conversations), headsInto(found), new Search(deadlineMs))
        .map(found);
  }

  private OwnerQuestion headsInto(Map<ConversationId, Head> found) {
    return (owner, ids) ->
        bus.request(Addresses.ingest(owner), new HeadsQuery(ids), Heads.class)
            .map(answer -> put(answer.heads(), found));
  }

  /**
   * The same as {@link #sizedHeads}, but after {@code ms} milliseconds at the latest, and on the
   * caller's context: those of which nothing was heard until then are missing, so that an owner who
   * is silent holds up nobody but those that ask about its own.
   */
  public Future<Map<ConversationId, Head>> headsWithin(
      Collection<ConversationId> conversations, long ms) {
    Map<ConversationId, Head> found = new HashMap<>();
    OwnerQuestion question = headsInto(found);
    // In parts, or of many whose heads are read from the store none would be known in time, ever.
    OwnerQuestion inParts =
        (owner, ids) ->
            Future.join(
                    Parts.of(ids, PART).stream().map(some -> question.ask(owner, some)).toList())
                .map(done -> Set.copyOf(found.keySet()));
    Future<Void> all =
        collect(new HashSet<>(conversations), inParts, new Search(ms)).otherwiseEmpty();
    Timer late = vertx.timer(ms);
    return Future.any(all, late)
        .map(
            first -> {
              late.cancel();
              return Map.copyOf(found);
            });
  }

  /**
   * What the owners of some conversations know of them without a look into the store.
   *
   * @param heads the committed heads of those that move
   * @param resting all of these is in the stream, and has been for {@code restingMs} or longer
   */
  public record Movement(
      Map<ConversationId, Head> heads, Set<ConversationId> resting, long restingMs) {}

  /** Which of these conversations move; fails as {@link #heads} does. */
  public Future<Movement> movement(Collection<ConversationId> conversations) {
    Map<ConversationId, Head> found = new HashMap<>();
    Set<ConversationId> resting = new HashSet<>();
    AtomicLong restingMs = new AtomicLong(Long.MAX_VALUE);
    return collect(
            new HashSet<>(conversations),
            (owner, ids) ->
                bus.request(Addresses.ingest(owner), new MovingQuery(ids), Moving.class)
                    .map(
                        answer -> {
                          resting.addAll(answer.resting());
                          restingMs.accumulateAndGet(answer.restingMs(), Math::min);
                          Set<ConversationId> known = put(answer.heads(), found);
                          known.addAll(answer.resting());
                          return known;
                        }),
            new Search(deadlineMs))
        .map(done -> new Movement(found, resting, restingMs.get()));
  }

  private static Set<ConversationId> put(List<Head> heads, Map<ConversationId, Head> found) {
    Set<ConversationId> known = new HashSet<>();
    for (Head head : heads) {
      found.put(head.conversationId(), head);
      known.add(head.conversationId());
    }
    return known;
  }

  /** Looking for owners, from now on until so many milliseconds have passed. */
  private static final class Search {
    private final long startedAt = System.nanoTime();
    private final long forMs;

    /** What the search has to say where a later answer does not count; null where all count. */
    private FailureException mayBeDone;

    Search(long forMs) {
      this.forMs = forMs;
    }

    boolean isOver() {
      return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedAt) >= forMs;
    }
  }

  /** Asks one owner about some of its conversations; answers about which it got an answer. */
  private interface OwnerQuestion {
    Future<Set<ConversationId>> ask(String owner, List<ConversationId> conversations);
  }

  private <R extends IngestMessages> Future<R> attempt(
      Command command, Class<R> reply, Search search, BooleanSupplier awaited) {
    if (!awaited.getAsBoolean()) {
      return Future.failedFuture(
          new FailureException(Failure.UNAVAILABLE, "nobody waits for it any more"));
    }
    Optional<String> owner = directory.ownerOf(Shard.of(command.conversationId()));
    Future<R> answer =
        owner.isEmpty()
            ? Future.failedFuture(new FailureException(Failure.NOT_OWNER, "no owner yet"))
            : bus.request(Addresses.ingest(owner.get()), command, reply);
    return answer.recover(
        cause -> {
          Throwable outcome = outcome(command, cause, search);
          return maySeekAgain(command, cause, search)
              ? later().compose(waited -> attempt(command, reply, search, awaited))
              : Future.failedFuture(outcome);
        });
  }

  /** A refusal of the second attempt does not say that the first has done nothing. */
  private static Throwable outcome(Command command, Throwable cause, Search search) {
    if (!(cause instanceof FailureException refusal)) {
      return cause;
    }
    if (refusal.failure() == Failure.UNANSWERED) {
      search.mayBeDone = refusal;
    }
    return search.mayBeDone != null && claimsTooMuch(command, refusal.failure())
        ? search.mayBeDone
        : cause;
  }

  /**
   * Whether the refusal of a later attempt says more than its owner knows of an earlier one. With
   * OVERLOADED it says that nothing was done, and has looked for nothing. By its own rules an owner
   * refuses a send only after it has looked for it, so these refusals, and RATE_LIMITED is one of
   * them, hold for all attempts; those of other commands do not.
   */
  private static boolean claimsTooMuch(Command command, Failure failure) {
    return failure == Failure.OVERLOADED
        || !(command instanceof SendMessage) && !failure.retryable();
  }

  private Future<Void> collect(Set<ConversationId> missing, OwnerQuestion question, Search search) {
    if (missing.isEmpty()) {
      return Future.succeededFuture();
    }
    Map<String, List<ConversationId>> byOwner = new HashMap<>();
    for (ConversationId conversation : missing) {
      directory
          .ownerOf(Shard.of(conversation))
          .ifPresent(
              owner -> byOwner.computeIfAbsent(owner, any -> new ArrayList<>()).add(conversation));
    }
    List<Future<Set<ConversationId>>> asked = new ArrayList<>();
    byOwner.forEach((owner, ids) -> asked.add(question.ask(owner, ids)));
    return Future.join(asked)
        .otherwiseEmpty()
        .compose(
            done -> {
              asked.stream()
                  .filter(Future::succeeded)
                  .forEach(one -> missing.removeAll(one.result()));
              if (missing.isEmpty()) {
                return Future.succeededFuture();
              }
              Optional<Throwable> refusal =
                  asked.stream().map(Future::cause).filter(ShardRouter::isForNow).findFirst();
              if (refusal.isPresent()) {
                return Future.failedFuture(refusal.get());
              }
              if (search.isOver()) {
                return Future.failedFuture(noOwnerInTime());
              }
              return later().compose(waited -> collect(missing, question, search));
            });
  }

  private static boolean maySeekAgain(Command command, Throwable cause, Search search) {
    return !search.isOver()
        && !isForNow(cause)
        && (FailureException.isAnyOf(cause, Failure.NOT_OWNER, Failure.UNAVAILABLE)
            || command.mayRepeat() && FailureException.isAnyOf(cause, Failure.UNANSWERED));
  }

  /** The owner was found, cannot do it now and says when to come back: its store is away. */
  private static boolean isForNow(Throwable cause) {
    return cause instanceof FailureException refused
        && refused.failure() == Failure.UNAVAILABLE
        && refused.retryAfterMs() > 0;
  }

  private Future<Void> later() {
    return vertx.timer(RETRY_MS).mapEmpty();
  }
}

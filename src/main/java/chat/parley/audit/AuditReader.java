package chat.parley.audit;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the audit log page by page: a day's chains one after another, each in its order. */
public final class AuditReader {
  private static final char SEPARATOR = '~';

  private final AuditStore store;

  public AuditReader(AuditStore store) {
    this.store = store;
  }

  /** Lines, and where to go on; {@code next} is null where the day is at its end. */
  public record Page(List<AuditLine> lines, String next) {}

  /** Where a page begins. */
  private record Place(String chain, long seq) {}

  /** The days of which there is something, the oldest first. */
  public Future<List<String>> days() {
    return store.days();
  }

  /**
   * Up to {@code limit} lines of a day (UTC).
   *
   * @param cursor where the page before said to go on; null: from the first on
   * @return fails with {@code BAD_REQUEST} for what is no cursor of this day
   */
  public Future<Page> page(String day, String cursor, int limit) {
    Optional<Place> from = cursor == null ? Optional.empty() : Optional.of(place(cursor));
    return store
        .chains(day)
        .compose(
            chains -> {
              List<String> names = chains.stream().map(ChainHead::chain).toList();
              int first = from.map(place -> names.indexOf(place.chain())).orElse(0);
              if (first < 0) {
                throw noCursor();
              }
              long seq = from.map(Place::seq).orElse(1L);
              return fill(day, names.subList(first, names.size()), seq, limit, new ArrayList<>());
            });
  }

  private Future<Page> fill(
      String day, List<String> chains, long from, int limit, List<AuditLine> lines) {
    if (chains.isEmpty()) {
      return Future.succeededFuture(new Page(lines, null));
    }
    String chain = chains.get(0);
    // One more than is wanted: whether there is a next page must not be guessed.
    int room = limit - lines.size();
    return store
        .lines(day, chain, from, room + 1)
        .compose(
            found -> {
              lines.addAll(found.subList(0, Math.min(room, found.size())));
              return found.size() > room
                  ? Future.succeededFuture(
                      new Page(lines, chain + SEPARATOR + found.get(room).seq()))
                  : fill(day, chains.subList(1, chains.size()), 1, limit, lines);
            });
  }

  private static Place place(String cursor) {
    int at = cursor.lastIndexOf(SEPARATOR);
    if (at <= 0 || !cursor.substring(at + 1).matches("[1-9]\\d{0,17}")) {
      throw noCursor();
    }
    return new Place(cursor.substring(0, at), Long.parseLong(cursor.substring(at + 1)));
  }

  private static FailureException noCursor() {
    return new FailureException(Failure.BAD_REQUEST, "cursor is none of this day's");
  }
}

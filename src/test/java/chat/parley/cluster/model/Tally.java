package chat.parley.cluster.model;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How often what was played: a run in which nobody took anything back proves nothing about taking
 * back. Safe from any thread.
 */
final class Tally {
  /** What can be played. */
  enum Sort {
    SENT,
    EDITED,
    EDITED_AGAIN,
    DELETED,
    DELETED_AFTER_EDIT,
    REACTED,
    TAKEN_BACK,
    JOINED,
    CAME_BACK,
    LEFT,
    REMOVED,
    ROLE_CHANGED,
    READ,
    SET,
    LOOKED_ELSEWHERE,
    CONNECTION_LOST,
    WENT_AWAY,
    CAME_BY_ANOTHER_NODE
  }

  private final Map<Sort, LongAdder> counts = new EnumMap<>(Sort.class);

  Tally() {
    Stream.of(Sort.values()).forEach(sort -> counts.put(sort, new LongAdder()));
  }

  void count(Sort sort) {
    counts.get(sort).increment();
  }

  /** What was never played. */
  List<Sort> missing() {
    return Stream.of(Sort.values()).filter(sort -> counts.get(sort).sum() == 0).toList();
  }

  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(one -> one.getValue() + " " + words(one.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String words(Sort sort) {
    return sort.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}

package chat.parley.letters;

import chat.parley.event.StreamRecord;
import chat.parley.kafka.DeadLetter;
import chat.parley.kafka.LetterDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What the topic of dead letters says, record by record, from its first on. A letter that was put
 * aside twice is one; of two decisions about it the first counts. Not thread-safe.
 */
final class LetterBook {
  private final Map<String, Letter> letters = new LinkedHashMap<>();
  private final Map<String, LetterDecision> decisions = new HashMap<>();

  /** Takes the next record of the topic. */
  void take(String place, StreamRecord record) {
    if (LetterDecision.isDecision(record)) {
      LetterDecision.decode(record)
          .ifPresent(decision -> decisions.putIfAbsent(decision.letterId(), decision));
    } else {
      Letter letter = Letter.of(place, DeadLetter.decode(record));
      letters.putIfAbsent(letter.id(), letter);
    }
  }

  /** Drops letters whose place is gone from the topic. */
  void expire(Predicate<String> gone) {
    for (Iterator<Letter> all = letters.values().iterator(); all.hasNext(); ) {
      Letter letter = all.next();
      if (gone.test(letter.place())) {
        all.remove();
        decisions.remove(letter.id());
      }
    }
  }

  Optional<Letter> find(String id) {
    return Optional.ofNullable(letters.get(id)).map(this::withDecision);
  }

  /**
   * Letters in the order of the topic, the oldest first.
   *
   * @param after the last letter of the page before; null: from the first on. Empty is answered
   *     where there is no such letter
   * @param settledToo those too about which was decided
   */
  Optional<List<Letter>> list(String after, boolean settledToo) {
    if (after != null && !letters.containsKey(after)) {
      return Optional.empty();
    }
    List<Letter> list = new ArrayList<>();
    boolean begun = after == null;
    for (Letter letter : letters.values()) {
      if (begun && (settledToo || !decisions.containsKey(letter.id()))) {
        list.add(withDecision(letter));
      }
      begun |= letter.id().equals(after);
    }
    return Optional.of(list);
  }

  /** How many letters are open, by the group that could not handle them. */
  Map<String, Long> openByGroup() {
    Map<String, Long> open = new TreeMap<>();
    for (Letter letter : letters.values()) {
      if (!decisions.containsKey(letter.id())) {
        open.merge(letter.group(), 1L, Long::sum);
      }
    }
    return open;
  }

  /** How many were decided about in one way, by the group that could not handle them. */
  Map<String, Long> decidedByGroup(LetterDecision.Kind kind) {
    Map<String, Long> decided = new TreeMap<>();
    for (LetterDecision decision : decisions.values()) {
      Letter letter = letters.get(decision.letterId());
      if (letter != null && decision.kind() == kind) {
        decided.merge(letter.group(), 1L, Long::sum);
      }
    }
    return decided;
  }

  private Letter withDecision(Letter letter) {
    LetterDecision decision = decisions.get(letter.id());
    return decision == null ? letter : letter.decided(decision);
  }
}

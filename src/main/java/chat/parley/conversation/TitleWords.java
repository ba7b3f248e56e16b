package chat.parley.conversation;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A title as people look for it: its words, in small letters, without marks between them. */
final class TitleWords {
  private static final int MAX_WORDS = 12;
  private static final int MAX_LENGTH = 40;

  private TitleWords() {}

  /** The whole title in small letters; empty for null. */
  static String folded(String title) {
    return title == null
        ? ""
        : Normalizer.normalize(title, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }

  /** Its words, each once, in their order; of very long titles the first ones. */
  static List<String> of(String title) {
    return Arrays.stream(folded(title).split("[^\\p{L}\\p{M}\\p{N}]+"))
        .filter(word -> !word.isEmpty())
        .map(word -> word.substring(0, Math.min(word.length(), MAX_LENGTH)))
        .distinct()
        .limit(MAX_WORDS)
        .toList();
  }

  /** The word of a query that narrows it down most; empty where there is none. */
  static String key(String query) {
    return of(query).stream().max(Comparator.comparingInt(String::length)).orElse("");
  }

  /** Whether each word of the query begins some word of the title. */
  static boolean match(String query, String title) {
    List<String> words = of(title);
    return of(query).stream().allMatch(asked -> words.stream().anyMatch(w -> w.startsWith(asked)));
  }

  /**
   * Under which of its names the title answers the query, so that it does so once: the first of the
   * words that begin with the query's key, the whole title where there is no key.
   */
  static String nameFor(String query, String title) {
    String key = key(query);
    return key.isEmpty()
        ? folded(title)
        : of(title).stream().filter(word -> word.startsWith(key)).sorted().findFirst().orElse(null);
  }
}

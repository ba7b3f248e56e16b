package chat.parley.torture.check;

import java.util.List;

/**
 * All violations of one kind.
 *
 * @param count how many there are
 * @param examples the first of them, in words
 */
public record Violation(Kind kind, long count, List<String> examples) {
  /** Takes a copy. */
  public Violation {
    examples = List.copyOf(examples);
  }
}

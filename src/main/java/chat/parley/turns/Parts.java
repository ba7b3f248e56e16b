package chat.parley.turns;

import java.util.ArrayList;
import java.util.List;

/** What is too much for one question or one write, in several. */
public final class Parts {
  private Parts() {}

  /** The list in its order, in views of at most so many each; none where it is empty. */
  public static <T> List<List<T>> of(List<T> all, int most) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += most) {
      parts.add(all.subList(from, Math.min(all.size(), from + most)));
    }
    return parts;
  }
}

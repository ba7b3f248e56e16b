package chat.parley.torture.finalread;

import java.util.Set;

/**
 * A user on whose behalf a fresh device reads.
 *
 * @param conversations what to ask for: all that the user ever was in; others, to see that they are
 *     refused
 */
public record Reader(String handle, String password, String userId, Set<String> conversations) {
  /** Takes a copy. */
  public Reader {
    conversations = Set.copyOf(conversations);
  }

  @Override
  public String toString() {
    return "Reader[" + handle + "]";
  }
}

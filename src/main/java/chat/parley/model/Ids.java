package chat.parley.model;

import com.github.f4b6a3.uuid.UuidCreator;

/**
 * What every id of Parley has in common: how long it may be, of which characters, and how new ones
 * are made.
 */
public final class Ids {
  /** No id is longer, in characters. */
  public static final int MAX_LENGTH = 64;

  private Ids() {}

  /**
   * A fresh id: a UUIDv7 (RFC 9562), so that ids made later sort later; nothing may rely on that
   * for order.
   */
  public static String fresh() {
    return UuidCreator.getTimeOrderedEpoch().toString();
  }

  /** Whether the text could be an id: 1 to 64 characters of {@code [A-Za-z0-9_.-]}. */
  public static boolean isValid(String value) {
    if (value == null || value.isEmpty() || value.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      if (!isIdCharacter(value.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  static void check(String field, String value) {
    if (!isValid(value)) {
      throw new IllegalArgumentException(
          field + " must be 1 to " + MAX_LENGTH + " characters of [A-Za-z0-9_.-]");
    }
  }

  private static boolean isIdCharacter(char c) {
    return c >= 'a' && c <= 'z'
        || c >= 'A' && c <= 'Z'
        || c >= '0' && c <= '9'
        || c == '_'
        || c == '-'
        || c == '.';
  }
}

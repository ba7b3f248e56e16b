package chat.parley.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The one conversation of two users: its id follows from theirs, so that two who start it at once
 * start the same.
 */
public final class DmPair {
  private static final String PREFIX = "dm-";
  private static final int ID_BYTES = 16;

  private DmPair() {}

  /** Whether this is the id of a pair's conversation: other ids never begin so. */
  public static boolean isIdOfPair(ConversationId id) {
    return id.value().startsWith(PREFIX);
  }

  /** The id of the pair's conversation, whichever of the two asks. */
  public static ConversationId idOf(UserId one, UserId other) {
    boolean inOrder = one.value().compareTo(other.value()) <= 0;
    String pair = inOrder ? one + "/" + other : other + "/" + one;
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(pair.getBytes(StandardCharsets.UTF_8));
      return new ConversationId(PREFIX + HexFormat.of().formatHex(digest, 0, ID_BYTES));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}

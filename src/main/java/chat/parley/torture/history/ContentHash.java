package chat.parley.torture.history;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a change says, as 128 bits of its SHA-256. */
public final class ContentHash {
  private static final int KEPT_BYTES = 16;
  private static final byte[] ABSENT = {0};
  private static final byte[] PRESENT = {1};

  private ContentHash() {}

  /**
   * The hash of a change. Display names and roles are left out: they are those of the time of
   * reading.
   *
   * @param type the protocol's word
   * @param parts message id, sender, clientMsgId, text and the like, in a fixed order, or null
   */
  public static String of(String type, String... parts) {
    MessageDigest digest = sha256();
    add(digest, type);
    for (String part : parts) {
      add(digest, part);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, KEPT_BYTES);
  }

  /** Each part with its length, so that no two lists of parts look alike. */
  private static void add(MessageDigest digest, String part) {
    digest.update(part == null ? ABSENT : PRESENT);
    if (part != null) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      for (int shift = 24; shift >= 0; shift -= 8) {
        digest.update((byte) (bytes.length >>> shift));
      }
      digest.update(bytes);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}

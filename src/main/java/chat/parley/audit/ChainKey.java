package chat.parley.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the lines of a chain (HMAC-SHA256, RFC 2104). Each seal covers the line and the seal before
 * it, so whoever can write to the store but has not the key can neither alter, add, move nor take
 * out a line unnoticed.
 */
public final class ChainKey {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int ID_BYTES = 4;

  private final SecretKeySpec key;
  private final String id;

  /** {@code secret} serves nothing else. */
  public ChainKey(byte[] secret) {
    this.key = new SecretKeySpec(secret, ALGORITHM);
    byte[] name = mac("parley audit key id".getBytes(StandardCharsets.US_ASCII));
    this.id = HexFormat.of().formatHex(name, 0, ID_BYTES);
  }

  /** Tells keys apart and says nothing about them. */
  public String id() {
    return id;
  }

  /** The seal of a chain's line; {@code before} is the seal of the line before, empty for none. */
  byte[] seal(byte[] before, String line) {
    return mac(before, line.getBytes(StandardCharsets.UTF_8));
  }

  /** The seal of the word that a chain reaches to this line, at least. */
  byte[] sealHead(String day, String chain, long seq, byte[] lineSeal) {
    String word = "head\n" + day + "\n" + chain + "\n" + seq + "\n";
    return mac(word.getBytes(StandardCharsets.UTF_8), lineSeal);
  }

  private byte[] mac(byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public String toString() {
    return "ChainKey(" + id + ")";
  }
}

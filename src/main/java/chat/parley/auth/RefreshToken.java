package chat.parley.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An opaque secret of 256 random bits; the store only ever sees its SHA-256. */
record RefreshToken(String value) {
  private static final int BYTES = 32;
  private static final String DERIVATION = "HmacSHA256";
  private static final SecureRandom RANDOM = new SecureRandom();

  static RefreshToken fresh() {
    byte[] secret = new byte[BYTES];
    RANDOM.nextBytes(secret);
    return of(secret);
  }

  /**
   * The one that follows this one in a renewal with that id: always the same, so that the same
   * question has the same answer, and only known to who knows both (HMAC, RFC 2104).
   */
  RefreshToken successor(String renewalId) {
    try {
      Mac mac = Mac.getInstance(DERIVATION);
      mac.init(new SecretKeySpec(value.getBytes(StandardCharsets.UTF_8), DERIVATION));
      return of(mac.doFinal(("refresh token after " + renewalId).getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static RefreshToken of(byte[] secret) {
    return new RefreshToken(Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
  }

  ByteBuffer hash() {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha256.digest(value.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  @Override
  public String toString() {
    return "RefreshToken(hidden)";
  }
}

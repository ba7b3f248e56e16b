package chat.parley.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id (RFC 9106) in PHC string format: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}. The
 * costs stand in the string, so that they can be raised without locking anybody out.
 */
final class Argon2Hash {
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;

  /** Bounds the digits, so that a broken row cannot ask for terabytes; wider than settings go. */
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=(\\d)\\$([A-Za-z0-9+/]{11,})\\$([A-Za-z0-9+/]{11,})");

  private static final SecureRandom RANDOM = new SecureRandom();

  private Argon2Hash() {}

  /** Hashes with a fresh salt, at the costs of these settings. */
  static String of(String password, PasswordSettings costs) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    int memoryKib = costs.memoryKib();
    return phc(costs, salt, argon2id(password, salt, memoryKib, costs.passes(), LANES, HASH_BYTES));
  }

  /** Well formed and as dear to check as any other, but of no password that anybody knows. */
  static String unmatchable(PasswordSettings costs) {
    byte[] salt = new byte[SALT_BYTES];
    byte[] hash = new byte[HASH_BYTES];
    RANDOM.nextBytes(salt);
    RANDOM.nextBytes(hash);
    return phc(costs, salt, hash);
  }

  /**
   * Whether the password was hashed to this; compares in constant time.
   *
   * @throws IllegalArgumentException for a string that is no Argon2id hash
   */
  static boolean matches(String password, String phc) {
    Matcher parts = PHC.matcher(phc);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not an Argon2id hash");
    }
    byte[] salt = Base64.getDecoder().decode(parts.group(4));
    byte[] expected = Base64.getDecoder().decode(parts.group(5));
    byte[] actual =
        argon2id(
            password,
            salt,
            Integer.parseInt(parts.group(1)),
            Integer.parseInt(parts.group(2)),
            Integer.parseInt(parts.group(3)),
            expected.length);
    return MessageDigest.isEqual(expected, actual);
  }

  private static byte[] argon2id(
      String password, byte[] salt, int memoryKib, int passes, int lanes, int length) {
    Argon2BytesGenerator generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(memoryKib)
            .withIterations(passes)
            .withParallelism(lanes)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[length];
    generator.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return hash;
  }

  private static String phc(PasswordSettings costs, byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
        .formatted(
            costs.memoryKib(),
            costs.passes(),
            LANES,
            base64.encodeToString(salt),
            base64.encodeToString(hash));
  }
}

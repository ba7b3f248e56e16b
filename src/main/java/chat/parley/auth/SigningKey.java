package chat.parley.auth;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that signs access tokens: whoever has it can speak for every user. It never prints
 * itself.
 */
public final class SigningKey {
  /** A shorter key than HS256's own output would weaken it (RFC 7518, 3.2). */
  public static final int MIN_BYTES = 32;

  private static final String DERIVATION = "HmacSHA256";
  private static final long MAX_FILE_BYTES = 8_192;
  private static final Pattern HEX = Pattern.compile("(?:[0-9a-fA-F]{2})+");

  private final byte[] secret;

  private SigningKey(byte[] secret) {
    this.secret = secret;
  }

  /**
   * Reads the key: hex, or else base64 (of either alphabet), white space around it ignored.
   *
   * @throws IllegalArgumentException naming the file and its fault: missing, unreadable, empty, no
   *     hex or base64, shorter than {@value #MIN_BYTES} bytes; never showing its content
   */
  public static SigningKey load(Path file) {
    if (file == null) {
      throw new IllegalArgumentException("no signing key file is set");
    }
    String text = read(file).strip();
    if (text.isEmpty()) {
      throw faulty(file, "is empty");
    }
    byte[] secret = decode(file, text);
    if (secret.length < MIN_BYTES) {
      throw faulty(
          file,
          "holds a key of " + secret.length + " bytes; at least " + MIN_BYTES + " are needed");
    }
    return new SigningKey(secret);
  }

  /**
   * Reads the key, made at random first where there is no file: readable by its owner only, and
   * there as a whole or not at all. For the embedded stack, whose data folder it lives in; in a
   * cluster every node needs the same key, so there it must be given.
   *
   * @throws UncheckedIOException where the file cannot be written
   */
  public static SigningKey createIfMissing(Path file) {
    if (!Files.exists(file)) {
      byte[] secret = new byte[MIN_BYTES];
      new SecureRandom().nextBytes(secret);
      try {
        write(file, HexFormat.of().formatHex(secret) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException("cannot write the signing key file " + file, e);
      }
    }
    return load(file);
  }

  /**
   * A key for another purpose than tokens, always the same for the same purpose: whoever learns it
   * cannot sign tokens with it.
   */
  public byte[] derive(String purpose) {
    try {
      Mac mac = Mac.getInstance(DERIVATION);
      mac.init(new SecretKeySpec(secret, DERIVATION));
      return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  byte[] bytes() {
    return secret.clone();
  }

  @Override
  public String toString() {
    return "SigningKey(hidden)";
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw faulty(file, "is too large to be a key");
      }
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (NoSuchFileException e) {
      throw faulty(file, "does not exist");
    } catch (IOException e) {
      throw faulty(file, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static byte[] decode(Path file, String text) {
    if (HEX.matcher(text).matches()) {
      return HexFormat.of().parseHex(text);
    }
    try {
      return Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
    } catch (IllegalArgumentException e) {
      throw faulty(file, "holds neither hex nor base64");
    }
  }

  private static void write(Path file, String text) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path unfinished = Files.createTempFile(folder, "signing-key", ".new", ownerOnly(folder));
    try {
      Files.writeString(unfinished, text);
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path folder) {
    return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static IllegalArgumentException faulty(Path file, String fault) {
    return new IllegalArgumentException("the signing key file " + file + " " + fault);
  }
}

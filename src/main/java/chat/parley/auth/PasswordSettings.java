package chat.parley.auth;

/**
 * How passwords are hashed. What stands in the store says by which costs it was made, so that these
 * can be changed at any time: they hold for accounts made from then on.
 *
 * @param threads passwords that may be hashed at once
 * @param maxQueued passwords that may wait for that; further ones are {@code overloaded}
 * @param memoryKib that one hash takes (Argon2's m)
 * @param passes over that memory (Argon2's t)
 */
public record PasswordSettings(int threads, int maxQueued, int memoryKib, int passes) {
  /** What holds where the operator says nothing. */
  public static PasswordSettings defaults() {
    return new PasswordSettings(2, 64, 19 * 1_024, 2);
  }

  /**
   * Whether a stolen hash is guessed with less work than OWASP's Password Storage Cheat Sheet asks
   * for with Argon2id. Its equal choices all come to some 37 MiB passed over.
   */
  public boolean isWeak() {
    return (long) memoryKib * passes < 7 * 1_024 * 5 || memoryKib < 7 * 1_024;
  }
}

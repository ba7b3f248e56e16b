package chat.parley.testing;

/** The signing key of all servers of a test run, which tests use to forge tokens with. */
public final class SigningSecret {
  /** The key as hex, as it stands in the file. */
  public static final String HEX = "3f".repeat(32);

  private SigningSecret() {}
}

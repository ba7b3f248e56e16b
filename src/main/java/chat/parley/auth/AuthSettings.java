package chat.parley.auth;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Accounts, sessions and tokens.
 *
 * @param signingKeyFile holds the key that signs access tokens, at least 32 bytes as hex or base64;
 *     null only where the embedded stack makes one in its data folder
 * @param openRegistration whether anybody may create an account
 * @param admins handles of those who may use the admin calls; their accounts must have been made
 *     before they are named here
 * @param issuer of access tokens; a token of another issuer is refused
 * @param audience of access tokens; a token for another audience is refused
 * @param accessTokenSeconds how long an access token is good for
 * @param refreshTokenSeconds how long a refresh token is good for when it is not used
 * @param leewaySeconds how far the clocks of two nodes may differ
 * @param passwords how they are hashed
 * @param profileCacheSeconds how long a profile may be remembered
 * @param builtInAccounts whether accounts with a password of their own can be made and signed in to
 * @param maxDevices on which one user may be signed in
 * @param oidc the organisation's identity provider, where there is one
 */
public record AuthSettings(
    Path signingKeyFile,
    boolean openRegistration,
    List<String> admins,
    String issuer,
    String audience,
    long accessTokenSeconds,
    long refreshTokenSeconds,
    long leewaySeconds,
    PasswordSettings passwords,
    long profileCacheSeconds,
    boolean builtInAccounts,
    int maxDevices,
    OidcSettings oidc) {
  public AuthSettings {
    admins = admins.stream().map(handle -> handle.toLowerCase(Locale.ROOT)).toList();
  }

  /** What holds where the operator says nothing. */
  public static AuthSettings defaults() {
    return new AuthSettings(
        null,
        true,
        List.of(),
        "parley",
        "parley",
        900,
        30 * 86_400L,
        30,
        PasswordSettings.defaults(),
        10,
        true,
        50,
        OidcSettings.defaults());
  }
}

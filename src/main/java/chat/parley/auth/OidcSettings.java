package chat.parley.auth;

import java.net.URI;
import java.util.List;
import java.util.Set;

/**
 * Sign-in by an identity provider (OpenID Connect Core 1.0).
 *
 * @param issuer the provider, exactly as its tokens name it; null: there is none
 * @param audience the client ids for which the provider issues tokens that are meant for us
 * @param algorithms with which tokens may be signed; asymmetric ones only
 * @param jwksUrl where the provider's keys are; null: where its discovery document says
 * @param keysSeconds how long keys may be remembered: one that was taken out is good for so long
 * @param requiredClaims claims that a token must have besides iss, aud, sub and exp
 * @param handleClaim the claim of which a new user's handle is made
 * @param nameClaim the claim that is a new user's display name
 * @param sessionSeconds after which a device has to bring a new token of the provider
 */
public record OidcSettings(
    URI issuer,
    List<String> audience,
    List<String> algorithms,
    URI jwksUrl,
    long keysSeconds,
    List<String> requiredClaims,
    String handleClaim,
    String nameClaim,
    long sessionSeconds) {
  /**
   * What {@code algorithms} may name: a symmetric one would make the provider's public key a
   * signing key (RFC 8725, 2.1).
   */
  public static final Set<String> ASYMMETRIC =
      Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  /** What holds where the operator says nothing: no provider. */
  public static OidcSettings defaults() {
    return new OidcSettings(
        null,
        List.of("parley"),
        List.of("RS256", "ES256"),
        null,
        300,
        List.of("iat"),
        "preferred_username",
        "name",
        43_200);
  }

  /** Whether there is a provider. */
  public boolean isOn() {
    return issuer != null;
  }
}

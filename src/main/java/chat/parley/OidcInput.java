package chat.parley;

import chat.parley.auth.OidcSettings;
import chat.parley.config.SettingsReader;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads the settings of the identity provider. */
final class OidcInput {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private OidcInput() {}

  static OidcSettings read(SettingsReader reader) {
    OidcSettings defaults = OidcSettings.defaults();
    return new OidcSettings(
        address(reader, "auth.oidc.issuer"),
        reader.list("auth.oidc.audience", defaults.audience()),
        algorithms(reader, defaults.algorithms()),
        address(reader, "auth.oidc.jwks-url"),
        reader.number("auth.oidc.keys-seconds", defaults.keysSeconds(), 2),
        reader.list("auth.oidc.required-claims", defaults.requiredClaims()),
        reader.text("auth.oidc.handle-claim", defaults.handleClaim()),
        reader.text("auth.oidc.name-claim", defaults.nameClaim()),
        reader.number("auth.oidc.session-seconds", defaults.sessionSeconds(), 60));
  }

  private static List<String> algorithms(SettingsReader reader, List<String> fallback) {
    List<String> algorithms = reader.list("auth.oidc.algorithms", fallback);
    algorithms.stream()
        .filter(name -> !OidcSettings.ASYMMETRIC.contains(name))
        .forEach(
            name ->
                reader.fault(
                    "auth.oidc.algorithms",
                    "'" + name + "' is none of " + new TreeSet<>(OidcSettings.ASYMMETRIC)));
    return algorithms;
  }

  /** Keys that come over an open line are anybody's; on this machine there is no line. */
  private static URI address(SettingsReader reader, String key) {
    String text = reader.text(key, null);
    if (text == null) {
      return null;
    }
    try {
      URI address = URI.create(text);
      if ("https".equals(address.getScheme()) && address.getHost() != null
          || "http".equals(address.getScheme()) && LOOPBACK.contains(address.getHost())) {
        return address;
      }
      reader.fault(key, "must be an https:// address (http:// on loopback only)");
    } catch (IllegalArgumentException noAddress) {
      reader.fault(key, "is no address: " + noAddress.getMessage());
    }
    return null;
  }
}

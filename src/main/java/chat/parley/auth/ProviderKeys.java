package chat.parley.auth;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetParseException;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;

/**
 * Fetches the provider's keys (RFC 7517), from where its discovery document says (OpenID Connect
 * Discovery 1.0, 4). Blocks. Whoever uses it remembers them and bounds how often it is asked.
 */
final class ProviderKeys implements JWKSetSource<SecurityContext> {
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final int MAX_BYTES = 262_144;

  private final OidcSettings settings;
  private final DefaultResourceRetriever retriever;
  private URI found;

  ProviderKeys(OidcSettings settings, int timeoutMs) {
    this.settings = settings;
    this.retriever = new DefaultResourceRetriever(timeoutMs, timeoutMs, MAX_BYTES);
    this.found = settings.jwksUrl();
  }

  @Override
  public synchronized JWKSet getJWKSet(
      JWKSetCacheRefreshEvaluator refresh, long currentTime, SecurityContext context)
      throws KeySourceException {
    try {
      if (found == null) {
        found = discovered();
      }
      return JWKSet.parse(read(found.toURL()));
    } catch (IOException | IllegalArgumentException | ClassCastException | DecodeException away) {
      found = settings.jwksUrl();
      throw new JWKSetRetrievalException(String.valueOf(away.getMessage()), away);
    } catch (ParseException unreadable) {
      throw new JWKSetParseException("these are no keys", unreadable);
    }
  }

  private URI discovered() throws IOException {
    String issuer = settings.issuer().toString();
    String at = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    JsonObject document = new JsonObject(read(URI.create(at + DISCOVERY).toURL()));
    if (!issuer.equals(document.getString("issuer"))) {
      throw new IOException("the discovery document is of another issuer");
    }
    URI keys = URI.create(String.valueOf(document.getString("jwks_uri")));
    if (!settings.issuer().getScheme().equals(keys.getScheme())) {
      throw new IOException("the discovery document names keys that are not reached as the issuer");
    }
    return keys;
  }

  private String read(URL url) throws IOException {
    return retriever.retrieveResource(url).getContent();
  }

  @Override
  public void close() {
    // Nothing stays open.
  }
}

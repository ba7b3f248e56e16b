package chat.parley.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An identity provider on loopback: a discovery document, keys, and tokens signed with them. */
public final class TestProvider implements AutoCloseable {
  /** The client id that its tokens are for. */
  public static final String AUDIENCE = "parley";

  private final HttpServer server;
  private final List<JWK> keys = new CopyOnWriteArrayList<>();
  private final AtomicInteger fetches = new AtomicInteger();
  private volatile boolean away;
  private volatile String saysItIs;

  /** Serves no key yet. */
  public TestProvider() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    saysItIs = issuer();
    server.createContext(
        "/.well-known/openid-configuration",
        call ->
            answer(
                call,
                "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(saysItIs, issuer())));
    server.createContext(
        "/keys",
        call -> {
          fetches.incrementAndGet();
          answer(call, new JWKSet(keys).toPublicJWKSet().toString());
        });
    server.start();
  }

  private void answer(HttpExchange call, String json) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    call.getResponseHeaders().add("Content-Type", "application/json");
    call.sendResponseHeaders(away ? 500 : 200, body.length);
    call.getResponseBody().write(body);
    call.close();
  }

  /** The issuer, as its tokens say it. */
  public String issuer() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** From now on its discovery document names another issuer. */
  public void pretendToBe(String other) {
    saysItIs = other;
  }

  /** Whether it answers nothing but errors. */
  public void away(boolean now) {
    away = now;
  }

  /** How often somebody has asked for its keys. */
  public int fetches() {
    return fetches.get();
  }

  /** A new RSA key that it serves. */
  public RSAKey addRsa(String id) {
    RSAKey key = rsa(id);
    keys.add(key);
    return key;
  }

  /** A new RSA key that nobody is told of. */
  public static RSAKey rsa(String id) {
    try {
      return new RSAKeyGenerator(2_048).keyID(id).keyUse(KeyUse.SIGNATURE).generate();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A new key for ES256 that it serves. */
  public ECKey addEc(String id) {
    try {
      ECKey key = new ECKeyGenerator(Curve.P_256).keyID(id).generate();
      keys.add(key);
      return key;
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Serves the key no more. */
  public void remove(JWK key) {
    keys.remove(key);
  }

  /** Claims that are good for five minutes. */
  public JWTClaimsSet.Builder claims(String subject) {
    Instant now = Instant.now();
    return new JWTClaimsSet.Builder()
        .issuer(issuer())
        .audience(AUDIENCE)
        .subject(subject)
        .issueTime(Date.from(now))
        .expirationTime(Date.from(now.plusSeconds(300)))
        .claim("preferred_username", subject)
        .claim("name", "Name of " + subject);
  }

  /** The header that an honest provider writes. */
  public static JWSHeader.Builder header(JWK key) {
    return new JWSHeader.Builder(key instanceof ECKey ? JWSAlgorithm.ES256 : JWSAlgorithm.RS256)
        .keyID(key.getKeyID());
  }

  /** A token under such a header. */
  public static String sign(JWK key, JWTClaimsSet.Builder claims) {
    return sign(key, header(key), claims.build());
  }

  /** A token under this header. */
  public static String sign(JWK key, JWSHeader.Builder header, JWTClaimsSet claims) {
    try {
      JWSSigner signer =
          key instanceof ECKey ec ? new ECDSASigner(ec) : new RSASSASigner(key.toRSAKey());
      SignedJWT token = new SignedJWT(header.build(), claims);
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}

package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.Ids;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Access tokens as HS256 JWTs (RFC 7519). The library checks the signature; everything else is
 * checked here by name, because its defaults let through tokens without exp, without a kind, or
 * even without a signature where it has no key.
 */
public final class JwtTokens implements Tokens {
  private static final String ALGORITHM = "HS256";
  private static final int MAX_LENGTH = 8_192;

  /**
   * Says what the token is for, so that nothing else that the key may ever sign is taken for it.
   */
  private static final String KIND = "use";

  private static final String ACCESS = "access";
  private static final String DEVICE = "did";
  private static final String FAMILY = "fam";

  private final JWTAuth signatures;
  private final AuthSettings settings;
  private final Clock clock;
  private final Predicate<String> isRevoked;

  /** {@code isRevoked} says of a family whether it has ended; it must not block. */
  public JwtTokens(
      Vertx vertx,
      SigningKey key,
      AuthSettings settings,
      Clock clock,
      Predicate<String> isRevoked) {
    Objects.requireNonNull(key, "a signing key is needed: without one every token would be taken");
    this.settings = settings;
    this.clock = clock;
    this.isRevoked = isRevoked;
    this.signatures =
        JWTAuth.create(
            vertx,
            new JWTAuthOptions()
                .addPubSecKey(
                    new PubSecKeyOptions()
                        .setAlgorithm(ALGORITHM)
                        .setBuffer(Buffer.buffer(key.bytes())))
                // Times are checked below, against the clock that was passed in.
                .setJWTOptions(new JWTOptions().setIgnoreExpiration(true)));
  }

  @Override
  public AccessToken issue(UserId user, DeviceId device, String family) {
    long now = clock.instant().getEpochSecond();
    long expiresAt = now + settings.accessTokenSeconds();
    JsonObject claims =
        new JsonObject()
            .put("iss", settings.issuer())
            .put("aud", settings.audience())
            .put("sub", user.value())
            .put(DEVICE, device.value())
            .put(FAMILY, family)
            .put(KIND, ACCESS)
            .put("iat", now)
            .put("exp", expiresAt);
    String token =
        signatures.generateToken(
            claims, new JWTOptions().setAlgorithm(ALGORITHM).setNoTimestamp(true));
    return new AccessToken(token, expiresAt * 1_000);
  }

  @Override
  public Future<Principal> verify(String token) {
    try {
      checkHeader(token);
      return signatures
          .authenticate(new TokenCredentials(token))
          .map(signed -> principal(part(token, 1)))
          .recover(cause -> Future.failedFuture(asRefusal(cause)));
    } catch (RuntimeException e) {
      // The library casts claims before it looks at them; whatever it stumbles over is no token.
      return Future.failedFuture(asRefusal(e));
    }
  }

  /**
   * An allow-list of header fields, not a list of the dangerous ones (jku, x5u, jwk, x5c, kid,
   * crit): we issue two, so a token that has a third is not ours.
   */
  private static void checkHeader(String token) {
    if (token == null || token.length() > MAX_LENGTH) {
      throw refused("the token is missing or too long");
    }
    JsonObject header = part(token, 0);
    if (!ALGORITHM.equals(header.getValue("alg"))) {
      throw refused("the token's algorithm is not accepted");
    }
    for (String field : header.fieldNames()) {
      if (!field.equals("alg") && !field.equals("typ")) {
        throw refused("the token's header is not accepted");
      }
    }
  }

  private Principal principal(JsonObject claims) {
    if (!settings.issuer().equals(claims.getValue("iss"))) {
      throw refused("the token is of another issuer");
    }
    if (!isForUs(claims.getValue("aud"))) {
      throw refused("the token is for another audience");
    }
    if (!ACCESS.equals(claims.getValue(KIND))) {
      throw refused("the token is no access token");
    }
    long now = clock.instant().getEpochSecond();
    long leeway = settings.leewaySeconds();
    long expiresAt = seconds(claims, "exp");
    if (now >= expiresAt + leeway) {
      throw refused("the token has expired");
    }
    if (seconds(claims, "iat") > now + leeway
        || claims.containsKey("nbf") && seconds(claims, "nbf") > now + leeway) {
      throw refused("the token is not valid yet");
    }
    String family = id(claims, FAMILY);
    if (isRevoked.test(family)) {
      throw refused("the session was ended");
    }
    return new Principal(
        new UserId(id(claims, "sub")),
        new DeviceId(id(claims, DEVICE)),
        family,
        Instant.ofEpochSecond(expiresAt));
  }

  private boolean isForUs(Object audience) {
    return audience instanceof JsonArray several
        ? several.contains(settings.audience())
        : settings.audience().equals(audience);
  }

  private static long seconds(JsonObject claims, String claim) {
    // Integers of sane size only: a NaN, 1e300 or Long.MAX_VALUE would outwit the comparisons.
    if ((claims.getValue(claim) instanceof Integer || claims.getValue(claim) instanceof Long)
        && claims.getLong(claim) >= 0
        && claims.getLong(claim) < Instant.MAX.getEpochSecond()) {
      return claims.getLong(claim);
    }
    throw refused("the token has no valid " + claim);
  }

  private static String id(JsonObject claims, String claim) {
    if (claims.getValue(claim) instanceof String id && Ids.isValid(id)) {
      return id;
    }
    throw refused("the token has no valid " + claim);
  }

  private static JsonObject part(String token, int index) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw refused("the token is malformed");
    }
    try {
      return new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(parts[index])));
    } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
      throw refused("the token is malformed");
    }
  }

  private static FailureException asRefusal(Throwable cause) {
    return cause instanceof FailureException known ? known : refused("the token is not valid");
  }

  private static FailureException refused(String detail) {
    return new FailureException(Failure.UNAUTHENTICATED, detail);
  }
}

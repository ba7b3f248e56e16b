package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an attacker may try with a token; each is refused the same way. */
class JwtTokensTest {
  private static final byte[] SECRET =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final byte[] OTHER =
      "ffffffffffffffff0123456789abcdef".getBytes(StandardCharsets.UTF_8);
  private static final long NOW = 1_800_000_000L;
  private static final JsonObject HEADER = new JsonObject().put("typ", "JWT").put("alg", "HS256");

  private static Vertx vertx;

  @TempDir Path folder;
  private final Set<String> revoked = new HashSet<>();
  private JwtTokens tokens;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  @BeforeEach
  void makeTokens() throws Exception {
    tokens = tokensAt(NOW);
  }

  @Test
  void whatIsIssuedIsAccepted() {
    Tokens.AccessToken issued = tokens.issue(new UserId("u1"), new DeviceId("d1"), "f1");

    Principal principal = tokens.verify(issued.token()).result();

    assertThat(principal)
        .isEqualTo(
            new Principal(
                new UserId("u1"), new DeviceId("d1"), "f1", Instant.ofEpochSecond(NOW + 900)));
    assertThat(issued.expiresAt()).isEqualTo((NOW + 900) * 1_000);
  }

  @Test
  void aHandMadeTokenWithTheRightKeyIsAccepted() {
    // Shows that what the other tests refuse is refused for the one thing that they change.
    assertThat(tokens.verify(signed(HEADER, claims(), SECRET)).succeeded()).isTrue();
    assertThat(
            tokens
                .verify(
                    signed(
                        HEADER,
                        claims().put("aud", new JsonArray().add("x").add("parley")),
                        SECRET))
                .succeeded())
        .isTrue();
  }

  @Test
  void withoutASigningKeyThereAreNoTokens() {
    assertThatThrownBy(
            () ->
                new JwtTokens(
                    vertx, null, AuthSettings.defaults(), Clock.systemUTC(), family -> false))
        .hasMessageContaining("signing key");
  }

  @Test
  void theLibraryAloneWouldTakeAnUnsignedToken() {
    // The reason for all the care: should this ever fail, the library has become stricter.
    JWTAuth keyless = JWTAuth.create(vertx, new JWTAuthOptions());
    String unsigned =
        encode(new JsonObject().put("alg", "none"))
            + "."
            + encode(new JsonObject().put("sub", "u1"))
            + ".";
    assertThat(keyless.authenticate(new TokenCredentials(unsigned)).succeeded()).isTrue();
    refused(unsigned);
  }

  @Test
  void unsignedTokensAreRefused() {
    for (String none : new String[] {"none", "None", "NONE", "nOnE", ""}) {
      String header = encode(new JsonObject().put("alg", none));
      refused(header + "." + encode(claims()) + ".");
      refused(header + "." + encode(claims()));
    }
    refused(encode(new JsonObject().put("typ", "JWT")) + "." + encode(claims()) + ".");
    refused(encode(HEADER) + "." + encode(claims()) + ".");
    refused(encode(HEADER) + "." + encode(claims()));
  }

  @Test
  void otherAlgorithmsAreRefusedEvenWhenSignedByTheKey() {
    for (String algorithm : new String[] {"HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256"}) {
      refused(signed(HEADER.copy().put("alg", algorithm), claims(), SECRET));
    }
    refused(signed(HEADER.copy().put("alg", 256), claims(), SECRET));
    refused(signed(HEADER.copy().put("alg", new JsonArray().add("HS256")), claims(), SECRET));
  }

  @Test
  void aKeyThatTheTokenBringsOrNamesIsRefused() {
    for (String field : new String[] {"jku", "x5u", "x5c", "jwk", "kid", "crit", "x5t", "b64"}) {
      refused(signed(HEADER.copy().put(field, "https://evil.example/key"), claims(), SECRET));
    }
    JsonObject jwk =
        new JsonObject()
            .put("kty", "oct")
            .put("alg", "HS256")
            .put("k", Base64.getUrlEncoder().encodeToString(OTHER));
    refused(signed(HEADER.copy().put("jwk", jwk), claims(), OTHER));
    refused(signed(HEADER.copy().put("kid", "../../dev/null"), claims(), new byte[] {0}));
  }

  @Test
  void anotherKeyAndAlteredPartsAreRefused() {
    refused(signed(HEADER, claims(), OTHER));
    String[] parts = signed(HEADER, claims(), SECRET).split("\\.");
    refused(parts[0] + "." + encode(claims().put("sub", "u2")) + "." + parts[2]);
    refused(parts[0] + "." + parts[1] + "." + parts[2].substring(1));
    refused(parts[0] + "." + parts[1] + "." + parts[2] + "." + parts[2]);
  }

  @Test
  void missingOrMistypedClaimsAreRefused() {
    for (String claim : new String[] {"exp", "iat", "iss", "aud", "sub", "did", "fam", "use"}) {
      JsonObject without = claims();
      without.remove(claim);
      refused(signed(HEADER, without, SECRET));
      refused(signed(HEADER, claims().putNull(claim), SECRET));
      refused(signed(HEADER, claims().put(claim, new JsonObject()), SECRET));
      refused(signed(HEADER, claims().put(claim, true), SECRET));
    }
    refused(signed(HEADER, claims().put("exp", String.valueOf(NOW + 60)), SECRET));
    refused(signed(HEADER, claims().put("exp", 1e300), SECRET));
    refused(signed(HEADER, claims().put("exp", Long.MAX_VALUE), SECRET));
    refused(signed(HEADER, claims().put("exp", -1), SECRET));
    refused(signed(HEADER, claims().put("sub", "a b"), SECRET));
    refused(signed(HEADER, claims().put("sub", "u".repeat(65)), SECRET));
  }

  @Test
  void otherIssuersAudiencesAndKindsAreRefused() {
    refused(signed(HEADER, claims().put("iss", "evil"), SECRET));
    refused(signed(HEADER, claims().put("aud", "other"), SECRET));
    refused(signed(HEADER, claims().put("aud", new JsonArray().add("other")), SECRET));
    refused(signed(HEADER, claims().put("aud", new JsonArray()), SECRET));
    refused(signed(HEADER, claims().put("use", "upload"), SECRET));
  }

  @Test
  void timesCountWithLeeway() throws Exception {
    String token = signed(HEADER, claims().put("exp", NOW + 60), SECRET);
    assertThat(tokensAt(NOW + 60 + 29).verify(token).succeeded()).isTrue();
    assertThat(tokensAt(NOW + 60 + 30).verify(token).succeeded()).isFalse();

    assertThat(tokens.verify(signed(HEADER, claims().put("iat", NOW + 30), SECRET)).succeeded())
        .isTrue();
    refused(signed(HEADER, claims().put("iat", NOW + 31), SECRET));
    assertThat(tokens.verify(signed(HEADER, claims().put("nbf", NOW + 30), SECRET)).succeeded())
        .isTrue();
    refused(signed(HEADER, claims().put("nbf", NOW + 31), SECRET));
    refused(signed(HEADER, claims().put("nbf", "soon"), SECRET));
  }

  @Test
  void tokensOfASignInThatHasEndedAreRefused() {
    String token = signed(HEADER, claims(), SECRET);
    revoked.add("another");
    assertThat(tokens.verify(token).succeeded()).isTrue();
    revoked.add("f1");
    refused(token);
  }

  @Test
  void whatIsNoTokenIsRefused() {
    refused(null);
    for (String text :
        new String[] {"", ".", "..", "...", "a.b.c", "Bearer x", "\u0000.\u0000.\u0000"}) {
      refused(text);
    }
    refused("W10.W10.W10");
    refused("bnVsbA." + encode(claims()) + ".AA");
    refused(signed(HEADER, claims().put("x", "y".repeat(8_192)), SECRET));
    refused("a".repeat(1_000_000));
  }

  private void refused(String token) {
    Future<Principal> verified = tokens.verify(token);
    assertThat(verified.failed()).as(String.valueOf(token)).isTrue();
    assertThat(verified.cause())
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failure()).isEqualTo(Failure.UNAUTHENTICATED));
  }

  private JwtTokens tokensAt(long epochSecond) throws Exception {
    Path file = folder.resolve("key");
    Files.writeString(file, HexFormat.of().formatHex(SECRET));
    return new JwtTokens(
        vertx,
        SigningKey.load(file),
        AuthSettings.defaults(),
        Clock.fixed(Instant.ofEpochSecond(epochSecond), ZoneOffset.UTC),
        revoked::contains);
  }

  private static JsonObject claims() {
    return new JsonObject()
        .put("iss", "parley")
        .put("aud", "parley")
        .put("sub", "u1")
        .put("did", "d1")
        .put("fam", "f1")
        .put("use", "access")
        .put("iat", NOW)
        .put("exp", NOW + 600);
  }

  private static String signed(JsonObject header, JsonObject claims, byte[] secret) {
    String content = encode(header) + "." + encode(claims);
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      byte[] signature = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(JsonObject json) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(json.toBuffer().getBytes());
  }
}

package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.testing.TestProvider;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an identity provider, whose keys come over real HTTP. */
class IdentityProviderTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final long LEEWAY_SECONDS = 30;

  private final TestProvider provider = new TestProvider();
  private RSAKey rsa;
  private IdentityProvider tokens;

  @BeforeEach
  void open() {
    rsa = provider.addRsa("rsa-1");
    tokens = at(settings(provider.issuer(), 300));
  }

  @AfterEach
  void close() {
    provider.close();
  }

  @AfterAll
  static void end() {
    VERTX.close().await();
  }

  @Test
  void aTokenOfTheProviderSaysWhoSomebodyIs() {
    assertThat(good(TestProvider.sign(rsa, provider.claims("anna"))))
        .isEqualTo(
            new Identity(
                provider.issuer(), "anna", Optional.of("anna"), Optional.of("Name of anna")));
    ECKey ec = provider.addEc("ec-1");
    assertThat(good(TestProvider.sign(ec, provider.claims("bert"))).subject()).isEqualTo("bert");
    assertThat(
            good(TestProvider.sign(
                    rsa,
                    provider
                        .claims("carl")
                        .audience(List.of("x", "parley"))
                        .claim("azp", "parley")))
                .subject())
        .isEqualTo("carl");
    assertThat(
            good(TestProvider.sign(
                    rsa, provider.claims("dora").claim("name", null).claim("email_verified", true)))
                .subject())
        .isEqualTo("dora");
  }

  @Test
  void aNewKeyIsLookedForOnceAndMadeUpOnesDoNotMakeUsAskOverAndOver() {
    good(TestProvider.sign(rsa, provider.claims("anna")));
    assertThat(provider.fetches()).isEqualTo(1);
    good(TestProvider.sign(rsa, provider.claims("anna")));
    assertThat(provider.fetches()).isEqualTo(1);

    RSAKey next = provider.addRsa("rsa-2");
    good(TestProvider.sign(next, provider.claims("anna")));
    assertThat(provider.fetches()).isEqualTo(2);

    RSAKey madeUp = TestProvider.rsa("made-up");
    for (int i = 0; i < 20; i++) {
      RSAKey another = new RSAKey.Builder(madeUp).keyID("made-up-" + i).build();
      assertThat(failure(TestProvider.sign(another, provider.claims("eve"))))
          .isIn(Failure.UNAUTHENTICATED, Failure.UNAVAILABLE);
    }
    assertThat(provider.fetches()).isLessThanOrEqualTo(4);
    good(TestProvider.sign(next, provider.claims("anna")));
  }

  @Test
  void aKeyThatWasTakenOutStopsWorking() {
    IdentityProvider forgetful = at(settings(provider.issuer(), 2));
    String token = TestProvider.sign(rsa, provider.claims("anna"));
    assertThat(forgetful.verify(token).await().subject()).isEqualTo("anna");

    provider.remove(rsa);
    provider.addRsa("rsa-2");

    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> failureAt(forgetful, token) == Failure.UNAUTHENTICATED);
  }

  @Test
  void withoutKeysNobodyIsLetInAndItIsSaidThatItMayPass() {
    provider.away(true);
    String token = TestProvider.sign(rsa, provider.claims("anna"));
    assertThat(failure(token)).isEqualTo(Failure.UNAVAILABLE);
    provider.away(false);
    good(token);
  }

  @Test
  void aDiscoveryDocumentOfAnotherIssuerIsNotBelieved() {
    provider.pretendToBe("https://evil.example");
    assertThat(failure(TestProvider.sign(rsa, provider.claims("anna"))))
        .isEqualTo(Failure.UNAVAILABLE);
  }

  @Test
  void unsignedTokensAreRefused() {
    refused(new PlainJWT(provider.claims("anna").build()).serialize());
    String[] parts = TestProvider.sign(rsa, provider.claims("anna")).split("\\.");
    refused(parts[0] + "." + parts[1] + ".");
    refused(parts[0] + "." + parts[1]);
    String none =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"alg\":\"nOnE\"}".getBytes(StandardCharsets.UTF_8));
    refused(none + "." + parts[1] + "." + parts[2]);
  }

  @Test
  void theProvidersPublicKeyIsNoSecret() throws JOSEException {
    byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
    byte[] asPem =
        ("-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(publicKey)
                + "\n-----END PUBLIC KEY-----\n")
            .getBytes(StandardCharsets.US_ASCII);
    for (byte[] secret :
        List.of(publicKey, asPem, rsa.toPublicJWK().toString().getBytes(StandardCharsets.UTF_8))) {
      SignedJWT confused =
          new SignedJWT(
              new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("rsa-1").build(),
              provider.claims("anna").build());
      confused.sign(new MACSigner(secret));
      refused(confused.serialize());
    }
  }

  @Test
  void otherAlgorithmsAreRefusedEvenWithTheProvidersKey() {
    for (JWSAlgorithm other : List.of(JWSAlgorithm.RS384, JWSAlgorithm.PS256)) {
      refused(
          TestProvider.sign(
              rsa, new JWSHeader.Builder(other).keyID("rsa-1"), provider.claims("anna").build()));
    }
  }

  @Test
  void noTokenSaysWhereItsKeyIs() throws Exception {
    RSAKey evil = TestProvider.rsa("rsa-1");
    JWTClaimsSet claims = provider.claims("anna").build();
    refused(TestProvider.sign(evil, TestProvider.header(evil), claims));
    refused(TestProvider.sign(evil, TestProvider.header(evil).jwk(evil.toPublicJWK()), claims));
    refused(
        TestProvider.sign(
            evil, TestProvider.header(evil).jwkURL(URI.create("http://127.0.0.1:1/keys")), claims));
    refused(
        TestProvider.sign(
            evil,
            TestProvider.header(evil).x509CertURL(URI.create("http://127.0.0.1:1/c")),
            claims));
    // Not even beside a good signature: what is not expected is not let pass.
    refused(
        TestProvider.sign(
            rsa, TestProvider.header(rsa).jwkURL(URI.create("http://127.0.0.1:1/keys")), claims));
    refused(TestProvider.sign(rsa, TestProvider.header(rsa).criticalParams(Set.of("exp")), claims));
    for (String id : List.of("../../etc/passwd", "' OR '1'='1", "", "unknown", "/dev/null")) {
      assertThat(
              failure(
                  TestProvider.sign(
                      evil, new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(id), claims)))
          .as(id)
          .isIn(Failure.UNAUTHENTICATED, Failure.UNAVAILABLE);
    }
  }

  @Test
  void missingMistypedAndForeignClaimsAreRefused() {
    for (String claim : List.of("iss", "aud", "sub", "exp", "iat")) {
      refused(TestProvider.sign(rsa, provider.claims("anna").claim(claim, null)));
    }
    refused(TestProvider.sign(rsa, provider.claims("anna").issuer("https://evil.example")));
    refused(TestProvider.sign(rsa, provider.claims("anna").issuer(provider.issuer() + "/")));
    refused(TestProvider.sign(rsa, provider.claims("anna").audience("another")));
    refused(TestProvider.sign(rsa, provider.claims("anna").audience(List.of("parley", "x"))));
    refused(TestProvider.sign(rsa, provider.claims("anna").claim("azp", "another")));
    refused(TestProvider.sign(rsa, provider.claims(" ")));
    refused(TestProvider.sign(rsa, provider.claims("x".repeat(256))));
    refused(TestProvider.sign(rsa, provider.claims("a\nb")));
    refused(TestProvider.sign(rsa, provider.claims("anna").claim("preferred_username", 7)));
    refused(raw("{\"iss\":\"%s\",\"aud\":\"parley\",\"sub\":\"anna\",\"iat\":1,\"exp\":null}"));
    refused(
        raw("{\"iss\":\"%s\",\"aud\":\"parley\",\"sub\":\"anna\",\"iat\":1,\"exp\":\"never\"}"));
    refused(raw("[]"));
    refused(raw("{\"iss\":\"%s\""));
    refused(
        TestProvider.sign(
            rsa,
            TestProvider.header(rsa).type(new JOSEObjectType("logout+jwt")),
            provider.claims("anna").build()));
  }

  @Test
  void timesCountWithLeeway() {
    Instant now = Instant.now();
    refused(
        TestProvider.sign(
            rsa, provider.claims("anna").expirationTime(Date.from(now.minusSeconds(60)))));
    good(
        TestProvider.sign(
            rsa, provider.claims("anna").expirationTime(Date.from(now.minusSeconds(5)))));
    refused(
        TestProvider.sign(
            rsa, provider.claims("anna").notBeforeTime(Date.from(now.plusSeconds(120)))));
    good(
        TestProvider.sign(
            rsa, provider.claims("anna").notBeforeTime(Date.from(now.plusSeconds(5)))));
    refused(
        TestProvider.sign(rsa, provider.claims("anna").issueTime(Date.from(now.plusSeconds(120)))));
  }

  @Test
  void claimsThatTheOperatorWantsMustBeThere() {
    OidcSettings base = settings(provider.issuer(), 300);
    IdentityProvider strict =
        at(
            new OidcSettings(
                base.issuer(),
                base.audience(),
                base.algorithms(),
                null,
                300,
                List.of("nbf"),
                base.handleClaim(),
                base.nameClaim(),
                60));
    assertThat(failureAt(strict, TestProvider.sign(rsa, provider.claims("anna"))))
        .isEqualTo(Failure.UNAUTHENTICATED);
    assertThat(
            strict
                .verify(TestProvider.sign(rsa, provider.claims("anna").notBeforeTime(new Date())))
                .await()
                .subject())
        .isEqualTo("anna");
  }

  @Test
  void whatIsNoTokenIsRefused() {
    for (String text :
        List.of("", ".", "..", "...", "a.b.c", "\u0000.\u0000.\u0000", "W10.W10.W10")) {
      refused(text);
    }
    refused("x".repeat(1_000_000));
    refused(TestProvider.sign(rsa, provider.claims("anna").claim("x", "y".repeat(9_000))));
  }

  /** This text as claims, under the provider's own signature. */
  private String raw(String claims) {
    try {
      JWSObject token =
          new JWSObject(
              TestProvider.header(rsa).build(), new Payload(claims.formatted(provider.issuer())));
      token.sign(new RSASSASigner(rsa));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static OidcSettings settings(String issuer, long keysSeconds) {
    OidcSettings defaults = OidcSettings.defaults();
    return new OidcSettings(
        URI.create(issuer),
        defaults.audience(),
        defaults.algorithms(),
        null,
        keysSeconds,
        defaults.requiredClaims(),
        defaults.handleClaim(),
        defaults.nameClaim(),
        3_600);
  }

  private static IdentityProvider at(OidcSettings settings) {
    return new IdentityProvider(VERTX, settings, LEEWAY_SECONDS, Clock.systemUTC());
  }

  private Identity good(String token) {
    return tokens.verify(token).await();
  }

  private void refused(String token) {
    assertThat(failure(token)).as(token).isEqualTo(Failure.UNAUTHENTICATED);
  }

  private Failure failure(String token) {
    return failureAt(tokens, token);
  }

  private static Failure failureAt(IdentityProvider at, String token) {
    Future<Identity> verified = at.verify(token);
    verified.otherwiseEmpty().await();
    return verified.succeeded() ? null : ((FailureException) verified.cause()).failure();
  }
}

package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks ID tokens of the identity provider (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725). The keys
 * are the provider's own, by its discovery document or a configured address: no token says where to
 * look. A token of an unknown key makes them be read again, at most twice in half a minute, however
 * many such tokens come.
 */
public final class IdentityProvider {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityProvider.class);
  private static final int MAX_LENGTH = 8_192;
  private static final int MAX_SUBJECT = 255;
  private static final long FETCH_TIMEOUT_MS = 5_000;
  private static final long FETCHES_APART_MS = 30_000;
  private static final long RETRY_MS = 2_000;
  private static final int THREADS = 4;
  private static final int MAX_PENDING = 64;

  /**
   * What headers of honest providers hold. Those that bring a key or an address of one (jwk, jku,
   * x5u, x5c) or alter what is signed (crit, b64, zip) are not among it.
   */
  private static final Set<String> HEADER_FIELDS = Set.of("alg", "typ", "kid", "x5t", "x5t#S256");

  private final OidcSettings settings;
  private final Clock clock;
  private final long leewaySeconds;
  private final WorkerExecutor workers;
  private final AtomicInteger pending = new AtomicInteger();
  private final DefaultJWTProcessor<SecurityContext> processor;

  /**
   * Connects when the first token comes.
   *
   * @param leewaySeconds how far the provider's clock and ours may differ
   */
  public IdentityProvider(Vertx vertx, OidcSettings settings, long leewaySeconds, Clock clock) {
    this.settings = settings;
    this.clock = clock;
    this.leewaySeconds = leewaySeconds;
    // Fetching keys blocks; a token whose key is known takes a thread for some 0.1 ms.
    this.workers = vertx.createSharedWorkerExecutor("parley-oidc", THREADS, 1, TimeUnit.MINUTES);
    this.processor = new DefaultJWTProcessor<>();
    processor.setJWSKeySelector(
        new JWSVerificationKeySelector<>(
            settings.algorithms().stream().map(JWSAlgorithm::parse).collect(Collectors.toSet()),
            keys(settings)));
    processor.setJWTClaimsSetVerifier(new Claims());
  }

  private static JWKSource<SecurityContext> keys(OidcSettings settings) {
    long lifeMs = settings.keysSeconds() * 1_000;
    return JWKSourceBuilder.create(new ProviderKeys(settings, (int) FETCH_TIMEOUT_MS))
        .cache(lifeMs, 2 * FETCH_TIMEOUT_MS)
        // It would show a key that was taken out for longer than was asked for.
        .refreshAheadCache(false)
        .rateLimited(Math.min(FETCHES_APART_MS, lifeMs / 2))
        .build();
  }

  /**
   * Whom a token is about. Fails with {@code UNAUTHENTICATED} for whatever is no valid token of the
   * provider for us, with {@code UNAVAILABLE} while its keys cannot be had, with {@code OVERLOADED}
   * where too many are being checked.
   */
  public Future<Identity> verify(String token) {
    if (pending.incrementAndGet() > MAX_PENDING) {
      pending.decrementAndGet();
      return Future.failedFuture(
          new FailureException(Failure.OVERLOADED, "too many sign-ins at once", RETRY_MS));
    }
    return workers
        .executeBlocking(() -> check(token), false)
        .onComplete(done -> pending.decrementAndGet());
  }

  private Identity check(String token) {
    try {
      if (token.length() > MAX_LENGTH) {
        throw refused("the identity token is too long");
      }
      SignedJWT signed = SignedJWT.parse(token);
      if (!HEADER_FIELDS.containsAll(signed.getHeader().toJSONObject().keySet())) {
        throw refused("the identity token's header is not accepted");
      }
      return identity(processor.process(signed, null));
    } catch (FailureException known) {
      throw known;
    } catch (KeySourceException noKeys) {
      LOG.atWarn()
          .addKeyValue("issuer", settings.issuer())
          .addKeyValue("cause", noKeys.toString())
          .log("the identity provider's keys cannot be had");
      throw new FailureException(
          Failure.UNAVAILABLE, "the identity provider's keys cannot be had now", RETRY_MS);
    } catch (Exception invalid) {
      // The library throws much besides its own kinds over what is no token; all of it says so.
      LOG.atDebug().addKeyValue("cause", invalid.toString()).log("identity token refused");
      throw refused("the identity token is not valid");
    }
  }

  private Identity identity(JWTClaimsSet claims) throws ParseException {
    String subject = claims.getSubject();
    if (subject.isBlank()
        || subject.length() > MAX_SUBJECT
        || subject.chars().anyMatch(Character::isISOControl)) {
      throw refused("the identity token names nobody");
    }
    return new Identity(
        claims.getIssuer(),
        subject,
        Optional.ofNullable(claims.getStringClaim(settings.handleClaim())),
        Optional.ofNullable(claims.getStringClaim(settings.nameClaim())));
  }

  private static FailureException refused(String detail) {
    return new FailureException(Failure.UNAUTHENTICATED, detail);
  }

  /** The library's checks by our clock, and what they let through. */
  private final class Claims extends DefaultJWTClaimsVerifier<SecurityContext> {
    Claims() {
      super(
          new HashSet<>(settings.audience()),
          new JWTClaimsSet.Builder().issuer(settings.issuer().toString()).build(),
          required(settings),
          Set.of());
      setMaxClockSkew((int) leewaySeconds);
    }

    @Override
    protected Date currentTime() {
      return Date.from(clock.instant());
    }

    @Override
    public void verify(JWTClaimsSet claims, SecurityContext context) throws BadJWTException {
      // A claim that is there and null counts as there, and its time would not be looked at.
      if (claims.getClaims().containsValue(null)) {
        throw new BadJWTException("a claim is null");
      }
      super.verify(claims, context);
      Date issuedAt = claims.getIssueTime();
      if (issuedAt != null
          && issuedAt.toInstant().isAfter(clock.instant().plusSeconds(leewaySeconds))) {
        throw new BadJWTException("issued in the future");
      }
      // Of several audiences one asked for the token: it must be us (Core 3.1.3.7, 4 and 5).
      Object askedFor = claims.getClaim("azp");
      if (askedFor == null
          ? claims.getAudience().size() > 1
          : !settings.audience().contains(askedFor)) {
        throw new BadJWTException("issued to somebody else");
      }
    }
  }

  private static Set<String> required(OidcSettings settings) {
    Set<String> required = new HashSet<>(settings.requiredClaims());
    required.addAll(Set.of("sub", "exp"));
    return required;
  }
}

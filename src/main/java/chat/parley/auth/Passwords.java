package chat.parley.auth;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hashes and checks passwords on a few threads of their own: by default a hash takes 0.1 to 0.3 s
 * of CPU and 19 MiB, so neither the event loop nor an unbounded queue may carry it. Past the bound
 * a call fails with {@link Failure#OVERLOADED} at once.
 */
public final class Passwords {
  private static final Logger LOG = LoggerFactory.getLogger(Passwords.class);
  private static final long RETRY_MS = 2_000;

  private final PasswordSettings settings;
  private final WorkerExecutor workers;
  private final int maxPending;
  private final AtomicInteger pending = new AtomicInteger();
  private final String ofNobody;

  /** Warns where a stolen hash would be guessed too easily. */
  public Passwords(Vertx vertx, PasswordSettings settings) {
    this.settings = settings;
    this.workers = vertx.createSharedWorkerExecutor("parley-passwords", settings.threads());
    this.maxPending = settings.threads() + settings.maxQueued();
    this.ofNobody = Argon2Hash.unmatchable(settings);
    if (settings.isWeak()) {
      LOG.atWarn()
          .addKeyValue("memoryKib", settings.memoryKib())
          .addKeyValue("passes", settings.passes())
          .log("passwords are hashed with less work than OWASP asks for");
    }
  }

  /** The password's hash with a fresh salt, in PHC string format. */
  public Future<String> hash(String password) {
    return onWorker(() -> Argon2Hash.of(password, settings));
  }

  /** Whether this is the password that was hashed. */
  public Future<Boolean> matches(String password, String hash) {
    return onWorker(() -> Argon2Hash.matches(password, hash));
  }

  /**
   * Always false, after as much work as {@link #matches} with a hash made at today's costs: the
   * time that a refusal takes must not tell which handles exist.
   */
  public Future<Boolean> matchesNobody(String password) {
    return matches(password, ofNobody).map(false);
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    if (pending.incrementAndGet() > maxPending) {
      pending.decrementAndGet();
      return Future.failedFuture(
          new FailureException(Failure.OVERLOADED, "too many sign-ins at once", RETRY_MS));
    }
    return workers.executeBlocking(work, false).onComplete(done -> pending.decrementAndGet());
  }
}

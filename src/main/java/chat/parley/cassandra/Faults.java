package chat.parley.cassandra;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.RequestThrottlingException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.HeartbeatException;
import com.datastax.oss.driver.api.core.servererrors.QueryExecutionException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/** What the driver's exceptions mean: whether the store is away, wrong, or has just said no. */
final class Faults {
  private Faults() {}

  /**
   * Whether the store has answered, if only to say that it does not take the request. That it has
   * no quorum or no time is none: whoever waits for the request waits for the store.
   */
  static boolean isAnswer(Throwable cause) {
    return cause instanceof QueryValidationException;
  }

  /** Whether the request was never sent, so that it says nothing about the store. */
  static boolean isOurs(Throwable cause) {
    return cause instanceof RequestThrottlingException || !(cause instanceof DriverException);
  }

  /**
   * The same fault as one that waiting may mend ({@link StoreAwayException}); where it takes a
   * change of a setting, an {@code IllegalStateException} that names the store.
   */
  static RuntimeException atStart(CassandraSettings settings, Throwable cause) {
    Throwable fault = ofDriver(cause).orElse(cause);
    if (fault instanceof IllegalStateException saidInWords) {
      return saidInWords;
    }
    return isAway(fault)
        ? new StoreAwayException(reason(fault), cause)
        : new IllegalStateException(
            "Cassandra " + settings.contactPoints() + " cannot be used: " + reason(fault), cause);
  }

  private static boolean isAway(Throwable fault) {
    if (fault instanceof AllNodesFailedException failed) {
      return failed.getAllErrors().values().stream()
          .flatMap(Collection::stream)
          .noneMatch(Faults::isWrong);
    }
    return fault instanceof DriverTimeoutException
        || fault instanceof QueryExecutionException
        || fault instanceof ClosedConnectionException
        || fault instanceof HeartbeatException;
  }

  private static boolean isWrong(Throwable error) {
    return error instanceof AuthenticationException
        || error instanceof UnsupportedProtocolVersionException
        || error instanceof InvalidKeyspaceException
        || error instanceof QueryValidationException
        || hasRefusedTls(error);
  }

  /** Its certificate is not believed, it does not believe ours, or it does not speak TLS at all. */
  private static boolean hasRefusedTls(Throwable error) {
    return (error instanceof SSLException && !(error instanceof SslHandshakeTimeoutException))
        || (error.getCause() != null && hasRefusedTls(error.getCause()));
  }

  private static Optional<Throwable> ofDriver(Throwable cause) {
    Throwable one = cause;
    while (one != null && !(one instanceof DriverException)) {
      one = one.getCause();
    }
    return Optional.ofNullable(one);
  }

  /** In the words of the network, which the driver hides among its own, or else of the fault. */
  static String reason(Throwable fault) {
    Set<Throwable> all = new LinkedHashSet<>();
    collect(fault, all);
    return all.stream()
        .filter(one -> one instanceof SocketException || one instanceof UnknownHostException)
        .findFirst()
        .or(() -> all.stream().filter(SSLException.class::isInstance).findFirst())
        .or(() -> all.stream().filter(Faults::isWrong).findFirst())
        .map(Throwable::getMessage)
        .orElseGet(() -> fault.getMessage() == null ? fault.toString() : fault.getMessage());
  }

  private static void collect(Throwable one, Set<Throwable> into) {
    if (one == null || !into.add(one)) {
      return;
    }
    if (one instanceof AllNodesFailedException failed) {
      failed.getAllErrors().values().forEach(errors -> errors.forEach(e -> collect(e, into)));
    }
    collect(one.getCause(), into);
    for (Throwable beside : one.getSuppressed()) {
      collect(beside, into);
    }
  }
}

package chat.parley.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.AllNodesFailedException;
import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.auth.AuthenticationException;
import com.datastax.oss.driver.api.core.metadata.EndPoint;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.servererrors.InvalidQueryException;
import com.datastax.oss.driver.internal.core.metadata.DefaultEndPoint;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Which faults of a start are waited for, and which end it. */
final class FaultsTest {
  private static final CassandraSettings SETTINGS = CassandraSettings.at(List.of("db:9042"));

  @Test
  void aRefusedConnectionIsWaitedForInTheNetworksWords() {
    IllegalStateException hidden = new IllegalStateException("init failed");
    hidden.addSuppressed(new ConnectException("Connection refused: db/10.0.0.1:9042"));
    assertThat(Faults.atStart(SETTINGS, allFailed(hidden)))
        .isInstanceOf(StoreAwayException.class)
        .hasMessage("Connection refused: db/10.0.0.1:9042");
  }

  @Test
  void silenceAndNodesThatAreDownAreWaitedFor() {
    assertThat(Faults.atStart(SETTINGS, new DriverTimeoutException("late")))
        .isInstanceOf(StoreAwayException.class);
    assertThat(Faults.atStart(SETTINGS, new NoNodeAvailableException()))
        .isInstanceOf(StoreAwayException.class);
  }

  @Test
  void wrongCredentialsEndTheStart() {
    EndPoint node = new DefaultEndPoint(InetSocketAddress.createUnresolved("db", 9042));
    RuntimeException wrong =
        Faults.atStart(SETTINGS, allFailed(new AuthenticationException(node, "bad password")));
    assertThat(wrong)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("[db:9042]")
        .hasMessageContaining("bad password");
  }

  @Test
  void whatTheStoreDoesNotUnderstandEndsTheStartAndIsAnAnswer() {
    InvalidQueryException invalid = new InvalidQueryException(null, "no such table");
    assertThat(Faults.atStart(SETTINGS, new RuntimeException(invalid)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no such table");
    assertThat(Faults.isAnswer(invalid)).isTrue();
    assertThat(Faults.isAnswer(new DriverTimeoutException("late"))).isFalse();
    assertThat(Faults.isOurs(new RejectedExecutionException())).isTrue();
  }

  private static AllNodesFailedException allFailed(Throwable error) {
    Node node =
        (Node)
            Proxy.newProxyInstance(
                Node.class.getClassLoader(), new Class<?>[] {Node.class}, FaultsTest::nothingKnown);
    return AllNodesFailedException.fromErrors(List.of(Map.entry(node, error)));
  }

  /** A node is only a key here. */
  private static Object nothingKnown(Object node, Method asked, Object[] arguments) {
    return switch (asked.getName()) {
      case "hashCode" -> System.identityHashCode(node);
      case "equals" -> node == arguments[0];
      default -> "a node";
    };
  }
}

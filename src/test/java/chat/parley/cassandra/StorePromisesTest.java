package chat.parley.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class StorePromisesTest {
  private final Logger logger = (Logger) LoggerFactory.getLogger(StorePromises.class);
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  @BeforeEach
  void listen() {
    said.start();
    logger.addAppender(said);
  }

  @AfterEach
  void listenNoMore() {
    logger.detachAppender(said);
  }

  @Test
  void aStoreAsItShouldBeIsNotWarnedOf() {
    assertThat(warnings(Map.of("commitlog_sync", "group", "paxos_variant", "v2"), 1)).isEmpty();
    assertThat(warnings(Map.of("commitlog_sync", "periodic", "paxos_variant", "v2"), 3)).isEmpty();
  }

  @Test
  void anotherPaxosIsWarnedOf() {
    for (String other : List.of("v1", "v2_without_linearizable_reads")) {
      assertThat(warnings(Map.of("commitlog_sync", "batch", "paxos_variant", other), 3))
          .singleElement()
          .asString()
          .contains("paxosVariant=\"" + other + "\"", "set it on every node");
    }
    assertThat(warnings(Map.of("commitlog_sync", "batch"), 3)).singleElement();
  }

  @Test
  void anAckThatRestsOnOneUnsyncedReplicaIsWarnedOf() {
    assertThat(warnings(Map.of("commitlog_sync", "periodic", "paxos_variant", "v2"), 1))
        .singleElement()
        .asString()
        .contains("may be lost", "commitlogSync=\"periodic\"");
  }

  private List<String> warnings(Map<String, String> settings, int replicas) {
    said.list.clear();
    new StorePromises(settings::get, replicas).say();
    return said.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(event -> event.getKeyValuePairs() + " " + event.getFormattedMessage())
        .toList();
  }
}

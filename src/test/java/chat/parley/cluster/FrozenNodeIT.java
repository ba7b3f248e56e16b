package chat.parley.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import chat.parley.client.Change;
import chat.parley.client.ChatClient;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Journal;
import chat.parley.testing.ParleyServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two nodes share the stream's partitions and hold a device each. One of them is frozen for longer
 * than its session, goes on, is frozen again with a batch in its hands, and is killed.
 */
class FrozenNodeIT {
  /** The shortest that a broker takes by default. */
  private static final String SESSION_MS = "6000";

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration HEAL = Duration.ofSeconds(2);
  private static final int ROOMS = 8;

  private final Map<String, List<String>> sent = new LinkedHashMap<>();
  private ParleyServer first;
  private ParleyServer second;
  private Crowd atFirst;
  private Crowd atSecond;
  private Crowd.Somebody ada;

  @BeforeEach
  void start() {
    List<ParleyServer> pair =
        ParleyServer.pairOnSharedStack(
            "fanout,gateway", Map.of("kafka.session-timeout-ms", SESSION_MS));
    first = pair.get(0);
    second = pair.get(1);
    atFirst = new Crowd(first);
    atSecond = new Crowd(second);
    ada = atFirst.somebody("ada");
  }

  @AfterEach
  void stop() {
    second.kill();
    atFirst.close();
    atSecond.close();
    second.close();
    first.close();
  }

  @Test
  void whatAFrozenAndKilledNodeWasToBringIsBroughtAndShownOnce() {
    Crowd.Somebody bob = atFirst.somebody("bob");
    Journal phone = new Journal();
    Journal tablet = new Journal();
    atFirst.connect(bob.api(), Map.of(), phone);
    ChatClient tabletAtSecond =
        atSecond.connect(
            atSecond.stranger().as(bob.signIn("tablet").credentials().session()), Map.of(), tablet);
    for (int i = 0; i < ROOMS; i++) {
      sent.put(
          Await.join(ada.api().createGroup("room " + i, List.of(bob.userId()))).conversationId(),
          new ArrayList<>());
    }
    await("the second node to have partitions")
        .atMost(PATIENCE)
        .until(
            () -> {
              sendToAll();
              return received(second) > 0;
            });
    awaitShown(phone);
    awaitShown(tablet);

    second.freeze();
    sendToAll();
    sendToAll();
    awaitShown(phone);

    second.thaw();
    long before = received(second);
    await("the second node to have partitions again")
        .atMost(PATIENCE)
        .until(
            () -> {
              sendToAll();
              return received(second) > before;
            });
    // While its cluster heals the node may not see the other's devices; the next change tells them.
    await("all that was sent to be shown")
        .atMost(PATIENCE)
        .pollInterval(HEAL)
        .until(
            () -> {
              boolean shown = shows(phone) && shows(tablet);
              if (!shown) {
                sendToAll();
              }
              return shown;
            });

    second.freeze();
    sendToAll();
    second.kill();
    awaitShown(phone);
    Map<String, Long> cursors = new HashMap<>();
    sent.keySet().forEach(room -> cursors.put(room, Await.join(tabletAtSecond.cursor(room))));
    Await.join(tabletAtSecond.close());
    atFirst.connect(atFirst.stranger().as(tabletAtSecond.credentials().session()), cursors, tablet);
    awaitShown(tablet);

    assertThat(shownBy(phone)).isEqualTo(sent);
    assertThat(shownBy(tablet)).isEqualTo(sent);
    assertThat(first.metrics().sum("parley_kafka_dead_letters_total")).isZero();
  }

  private void sendToAll() {
    sent.forEach(
        (room, texts) -> {
          String text = "message " + texts.size();
          Await.join(ada.api().postMessage(room, "m" + texts.size(), text));
          texts.add(text);
        });
  }

  private void awaitShown(Journal device) {
    await().atMost(PATIENCE).until(() -> shows(device));
  }

  private boolean shows(Journal device) {
    return shownBy(device).equals(sent);
  }

  /** The texts of each room in the order in which the device showed them. */
  private Map<String, List<String>> shownBy(Journal device) {
    return device.shown().stream()
        .filter(Change::isMessage)
        .collect(
            Collectors.groupingBy(
                Change::conversationId,
                Collectors.mapping(change -> change.message().text(), Collectors.toList())));
  }

  private static long received(ParleyServer server) {
    return server.metrics().sum("parley_kafka_records_received_total");
  }
}

package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.DeliveryMessages.PresenceMove;
import chat.parley.model.PresenceStatus;
import chat.parley.model.PresenceVisibility;
import chat.parley.model.UserId;
import chat.parley.registry.PresenceState;
import chat.parley.registry.PresenceState.Place;
import java.util.List;
import org.junit.jupiter.api.Test;

/** News and answers cross each other on their ways. */
class WatchedTest {
  private static final UserId ANNA = new UserId("anna");

  private final Watched anna = new Watched(ANNA);

  @Test
  void anAnswerDoesNotUndoNewsThatCameAfterItsQuestion() {
    assertThat(anna.read(there("n1"), 0)).isTrue();
    assertThat(anna.hear("n1", move(PresenceStatus.OFFLINE, 50), 1)).isTrue();
    assertThat(anna.read(there("n1"), 0)).as("asked before the news").isFalse();
    assertThat(anna.status()).isEqualTo(PresenceStatus.OFFLINE);
    assertThat(anna.lastSeenAt()).isEqualTo(50);

    assertThat(anna.hear("n2", move(PresenceStatus.AWAY, 60), 2)).isTrue();
    assertThat(anna.read(there(), 1)).isFalse();
    assertThat(anna.status()).isEqualTo(PresenceStatus.AWAY);
  }

  @Test
  void anAnswerToALaterQuestionIsRightAboutEveryNode() {
    anna.hear("n1", move(PresenceStatus.ONLINE, 10), 1);
    anna.hear("n2", move(PresenceStatus.OFFLINE, 20), 2);
    assertThat(anna.read(there("n2"), 2)).isFalse();
    assertThat(anna.status()).isEqualTo(PresenceStatus.ONLINE);
    assertThat(anna.leave("n1")).isFalse();
    assertThat(anna.leave("n2")).isTrue();
    assertThat(anna.status()).isEqualTo(PresenceStatus.OFFLINE);
  }

  @Test
  void whomTheUserLetsSeeThemIsChangedOnlyByAnotherWord() {
    assertThat(anna.visibleTo()).isNull();
    assertThat(anna.learn(PresenceVisibility.SHARED, 0)).isFalse();
    anna.mustAsk();
    assertThat(anna.visibleTo()).isNull();
    assertThat(anna.learn(PresenceVisibility.SHARED, 0)).isFalse();
    assertThat(anna.learn(PresenceVisibility.NOBODY, 0)).isTrue();
  }

  @Test
  void anAnswerDoesNotUndoWhomTheUserLetsSeeThemSinceTheQuestion() {
    anna.learn(PresenceVisibility.EVERYONE, 0);
    anna.hear(PresenceVisibility.NOBODY, 2);
    assertThat(anna.learn(PresenceVisibility.EVERYONE, 1)).isFalse();
    assertThat(anna.visibleTo()).isEqualTo(PresenceVisibility.NOBODY);
    assertThat(anna.learn(PresenceVisibility.EVERYONE, 2)).isTrue();
  }

  private static PresenceMove move(PresenceStatus status, long at) {
    return new PresenceMove(ANNA, status, at);
  }

  private static PresenceState there(String... nodes) {
    return new PresenceState(
        List.of(nodes).stream().map(node -> new Place(node, PresenceStatus.ONLINE, 5)).toList(),
        PresenceVisibility.EVERYONE,
        0);
  }
}

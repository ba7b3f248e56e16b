package chat.parley.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.bus.IngestMessages.Head;
import chat.parley.model.ConversationId;
import chat.parley.testing.HandClock;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SizesTest {
  private static final ConversationId HALL = new ConversationId("hall");
  private static final ConversationId ROOM = new ConversationId("room");

  private final HandClock clock = new HandClock();
  private final Map<ConversationId, Head> answers = new HashMap<>();
  private final List<Collection<ConversationId>> asked = new ArrayList<>();
  private final Sizes sizes =
      new Sizes(
          (conversations, ms) -> {
            asked.add(Set.copyOf(conversations));
            Map<ConversationId, Head> found = new HashMap<>(answers);
            found.keySet().retainAll(conversations);
            return Future.succeededFuture(found);
          },
          clock);

  @Test
  void anOwnerIsAskedOnceAMinute() {
    answers.put(HALL, head(HALL, true));
    answers.put(ROOM, head(ROOM, false));

    assertThat(largeOf(HALL, ROOM)).containsExactly(HALL);
    assertThat(largeOf(HALL, ROOM)).containsExactly(HALL);
    assertThat(asked).hasSize(1);
    clock.pass(Duration.ofSeconds(61));
    answers.put(ROOM, head(ROOM, true));
    assertThat(largeOf(HALL, ROOM)).containsExactlyInAnyOrder(HALL, ROOM);
  }

  @Test
  void oneWhoseOwnerIsSilentIsTakenForWhatItWas() {
    answers.put(HALL, head(HALL, true));
    largeOf(HALL);
    answers.clear();
    answers.put(ROOM, head(ROOM, true));
    clock.pass(Duration.ofSeconds(61));

    assertThat(largeOf(HALL, ROOM)).containsExactlyInAnyOrder(HALL, ROOM);
    assertThat(largeOf(HALL, ROOM)).containsExactlyInAnyOrder(HALL, ROOM);
    assertThat(asked).last().isEqualTo(Set.of(HALL));
  }

  @Test
  void oneOfWhichNobodyHasSaidAnythingIsSmall() {
    assertThat(largeOf(HALL)).isEmpty();
  }

  private Set<ConversationId> largeOf(ConversationId... conversations) {
    return sizes.largeOf(Set.of(conversations)).result();
  }

  private static Head head(ConversationId conversation, boolean large) {
    return new Head(conversation, 9, 7, large);
  }
}

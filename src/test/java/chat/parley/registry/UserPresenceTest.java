package chat.parley.registry;

import static chat.parley.model.PresenceStatus.AWAY;
import static chat.parley.model.PresenceStatus.OFFLINE;
import static chat.parley.model.PresenceStatus.ONLINE;
import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.PresenceVisibility;
import java.util.List;
import org.junit.jupiter.api.Test;

class UserPresenceTest {
  private static final long GONE_MS = 60_000;

  @Test
  void ofSeveralPlacesTheMostPresentCounts() {
    UserPresence user = UserPresence.NONE.say("a", AWAY, 1).say("b", ONLINE, 2);
    assertThat(status(user)).isEqualTo(ONLINE);
    assertThat(status(user.say("b", AWAY, 3))).isEqualTo(AWAY);
    assertThat(status(user.say("b", OFFLINE, 3))).isEqualTo(AWAY);
    assertThat(status(user.say("a", OFFLINE, 3).say("b", OFFLINE, 4))).isEqualTo(OFFLINE);
    assertThat(user.statusAt("a")).isEqualTo(AWAY);
    assertThat(user.statusAt("c")).isEqualTo(OFFLINE);
  }

  @Test
  void theLastPlaceThatGoesSaysWhenTheUserWasSeen() {
    UserPresence user = UserPresence.NONE.say("a", ONLINE, 1).say("b", ONLINE, 2);
    assertThat(user.say("a", OFFLINE, 10).lastSeenAt()).isZero();
    assertThat(user.say("a", OFFLINE, 10).say("b", OFFLINE, 20).lastSeenAt()).isEqualTo(20);
    assertThat(UserPresence.NONE.say("a", OFFLINE, 10).lastSeenAt()).isZero();
  }

  @Test
  void whatNobodySaysAgainEndsAndWasSeenAtItsLastBeat() {
    UserPresence user = UserPresence.NONE.say("a", ONLINE, 1_000).watch("g", 1_000);
    assertThat(user.at(60_999, GONE_MS)).isEqualTo(user);
    UserPresence later = user.at(61_000, GONE_MS);
    assertThat(status(later)).isEqualTo(OFFLINE);
    assertThat(later.lastSeenAt()).isEqualTo(1_000);
    assertThat(later.gateways()).isEmpty();

    UserPresence kept = user.say("a", ONLINE, 31_000).watch("g", 31_000).at(61_000, GONE_MS);
    assertThat(status(kept)).isEqualTo(ONLINE);
    assertThat(kept.gateways()).containsExactly("g");
  }

  @Test
  void aNodeThatLeftTakesItsWordAndItsWatchingAlong() {
    UserPresence user =
        UserPresence.NONE.say("a", ONLINE, 5).say("b", AWAY, 7).watch("a", 5).watch("b", 5);
    UserPresence without = user.withoutNodes(List.of("a"));
    assertThat(status(without)).isEqualTo(AWAY);
    assertThat(without.gateways()).containsExactly("b");
    assertThat(without.withoutNodes(List.of("b")).lastSeenAt()).isEqualTo(7);
    assertThat(user.withoutNodes(List.of("c"))).isEqualTo(user);
  }

  @Test
  void whatTheStoreHasIsReadAgainAfterAWhile() {
    UserPresence user = UserPresence.NONE.learn(PresenceVisibility.NOBODY, 40, 1_000);
    assertThat(user.at(2_000, GONE_MS).visibleTo()).isEqualTo(PresenceVisibility.NOBODY);
    assertThat(user.at(1_000 + UserPresence.KNOWN_FOR_MS, GONE_MS).visibleTo()).isNull();
    assertThat(user.lastSeenAt()).isEqualTo(40);
    assertThat(user.learn(PresenceVisibility.SHARED, 30, 2_000).lastSeenAt()).isEqualTo(40);
  }

  private static Object status(UserPresence user) {
    return new PresenceState(user.places(), null, 0).status();
  }
}

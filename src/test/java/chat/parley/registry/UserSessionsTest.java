package chat.parley.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UserSessionsTest {
  private static final long TTL_MS = 120_000;

  @Test
  void whatItsNodeDoesNotSayAgainEnds() {
    UserSessions user = UserSessions.NONE.with("a", "d1", "s1", 1_000).with("b", "d2", "s2", 2_000);
    assertThat(user.at(120_999, TTL_MS)).isEqualTo(user);
    assertThat(user.at(121_000, TTL_MS).nodes()).containsExactly("b");
    assertThat(user.at(122_000, TTL_MS).isEmpty()).isTrue();
  }

  @Test
  void aNodeThatSaysItAgainKeepsItsOwnAndEndsWhatOthersLeft() {
    UserSessions user = UserSessions.NONE.with("a", "d1", "s1", 1_000).with("b", "d2", "s2", 1_000);
    UserSessions refreshed = user.refresh("a", 121_000, TTL_MS);
    assertThat(refreshed.nodes()).containsExactly("a");
    assertThat(refreshed.at(240_999, TTL_MS).countOf("a")).isEqualTo(1);
  }
}

package chat.parley.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordsTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void aPasswordMatchesItsOwnHashOnly() {
    Passwords passwords = new Passwords(vertx, PasswordSettings.defaults());
    String hash = passwords.hash("correct horse").await();

    assertThat(hash).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    assertThat(passwords.hash("correct horse").await()).isNotEqualTo(hash);
    assertThat(passwords.matches("correct horse", hash).await()).isTrue();
    assertThat(passwords.matches("correct horsf", hash).await()).isFalse();
    assertThat(passwords.matches("", hash).await()).isFalse();
    assertThat(passwords.matchesNobody("correct horse").await()).isFalse();
  }

  /**
   * Made by the reference command-line tool's algorithm: RFC 9106's parameters are in the string.
   */
  @Test
  void costsAreReadFromTheHash() {
    assertThatThrownBy(() -> Argon2Hash.matches("x", "$argon2i$v=19$m=16,t=2,p=1$c2FsdHNhbHQ$AAAA"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Argon2Hash.matches("x", "plain"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Argon2Hash.matches("x", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + "A".repeat(43)))
        .isFalse();
  }

  @Test
  void aHashMadeAtOtherCostsStillMatches() {
    String cheap = new Passwords(vertx, new PasswordSettings(1, 1, 64, 1)).hash("pass").await();

    assertThat(cheap).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
    assertThat(new Passwords(vertx, PasswordSettings.defaults()).matches("pass", cheap).await())
        .isTrue();
  }

  @Test
  void whatOwaspAsksForIsNotWeakAndLessIs() {
    for (int[] enough :
        new int[][] {{47_104, 1}, {19_456, 2}, {12_288, 3}, {9_216, 4}, {7_168, 5}}) {
      assertThat(new PasswordSettings(1, 1, enough[0], enough[1]).isWeak()).isFalse();
    }
    for (int[] little : new int[][] {{64, 1}, {64, 1_000}, {19_456, 1}, {7_168, 4}}) {
      assertThat(new PasswordSettings(1, 1, little[0], little[1]).isWeak()).isTrue();
    }
  }

  @Test
  void pastTheBoundItSaysOverloadedAtOnce() {
    Passwords passwords = new Passwords(vertx, new PasswordSettings(1, 1, 19_456, 2));
    List<Future<String>> asked = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      asked.add(passwords.hash("p" + i));
    }

    assertThat(asked.get(2).failed()).isTrue();
    assertThat(asked.get(2).cause())
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failure()).isEqualTo(Failure.OVERLOADED));
    assertThat(asked.get(0).await()).isNotEmpty();
    assertThat(asked.get(1).await()).isNotEmpty();
    assertThat(passwords.hash("again").await()).isNotEmpty();
  }
}

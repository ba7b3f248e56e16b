package chat.parley.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UnackedTest {
  @Test
  void mapsAnAckedChangeToItsMessageNumberWhereItKnows() {
    Unacked unacked = new Unacked(10);
    unacked.sent(5, 3, 0);
    unacked.sent(6, 4, 0);
    unacked.sent(8, 4, 0);
    assertThat(unacked.ack(6, 1)).isEqualTo(4);
    assertThat(unacked.ack(7, 1)).isEqualTo(-1);
    assertThat(unacked.ack(8, 1)).isEqualTo(4);
    assertThat(unacked.isEmpty()).isTrue();
    assertThat(unacked.ack(9, 1)).isEqualTo(-1);
  }

  @Test
  void isBounded() {
    Unacked unacked = new Unacked(3);
    for (long n = 1; n <= 10; n++) {
      unacked.sent(n, n, 0);
    }
    assertThat(unacked.size()).isEqualTo(3);
    assertThat(unacked.resendFrom()).isEqualTo(7);
  }

  @Test
  void isDueLaterEachTimeAndNotForEver() {
    Unacked unacked = new Unacked(3);
    unacked.sent(1, 1, 1_000);
    assertThat(unacked.isDue(10_999, 10_000, 3)).isFalse();
    assertThat(unacked.isDue(11_000, 10_000, 3)).isTrue();
    unacked.resending(11_000);
    assertThat(unacked.isDue(30_999, 10_000, 3)).isFalse();
    assertThat(unacked.isDue(31_000, 10_000, 3)).isTrue();
    unacked.resending(31_000);
    unacked.resending(71_000);
    assertThat(unacked.isDue(10_000_000, 10_000, 3)).isFalse();
  }

  @Test
  void beginsAnewAfterProgress() {
    Unacked unacked = new Unacked(3);
    unacked.sent(1, 1, 0);
    unacked.sent(2, 2, 0);
    unacked.resending(10_000);
    unacked.ack(1, 20_000);
    assertThat(unacked.isDue(29_999, 10_000, 3)).isFalse();
    assertThat(unacked.isDue(30_000, 10_000, 3)).isTrue();
  }
}

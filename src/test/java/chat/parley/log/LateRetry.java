package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.model.ConversationId;
import chat.parley.testing.Await;
import chat.parley.testing.HandClock;
import java.time.Duration;

/** A retry that comes a week after its send, to another owner, over whatever store. */
final class LateRetry {
  private static final BucketLimits PAIRS = new BucketLimits(Duration.ofDays(10), 2, 1 << 20);
  private static final int DAYS = 7;

  private LateRetry() {}

  /**
   * Its bucket is closed at once and several others after it, so that only who looks back for the
   * whole week finds it.
   */
  static void isAnsweredAsTheFirstTime(LogStack stack, ConversationId conversation) {
    HandClock clock = new HandClock();
    TestOwner first = new TestOwner(stack, PAIRS, clock);
    first.take(conversation);
    Appended sent = Await.join(first.send(conversation, "retry-me", "hello"));
    Await.join(first.send(conversation, "day0", "closes the bucket"));
    for (int day = 1; day <= DAYS; day++) {
      clock.pass(Duration.ofDays(1));
      Await.join(first.send(conversation, "day" + day, "text"));
    }
    TestOwner second = new TestOwner(stack, PAIRS, clock);
    second.take(conversation);

    Appended again = Await.join(second.send(conversation, "retry-me", "hello"));

    assertThat(again.replayed()).isTrue();
    assertThat(again.change().changeSeq()).isEqualTo(sent.change().changeSeq());
    assertThat(second.head(conversation).changeSeq()).isEqualTo(2 + DAYS);
  }
}

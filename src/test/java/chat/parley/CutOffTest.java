package chat.parley;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CutOffTest {
  private long seconds;
  private final CutOff cutOff =
      new CutOff(Duration.ofSeconds(30), () -> TimeUnit.SECONDS.toNanos(seconds));

  @Test
  void aShortSplitEndsNobody() {
    report(0, true);
    report(29, true);
    assertThat(cutOff.isNow()).isTrue();
    report(30, false);
    assertThat(cutOff.isNow()).isFalse();
    report(31, true);
    report(60, true);

    assertThat(cutOff.hopeless().isComplete()).isFalse();
  }

  @Test
  void aLongOneEndsTheNodeAndSaysWhy() {
    report(0, true);
    report(30, true);
    report(31, true);

    assertThat(cutOff.hopeless().result()).contains("30 s", "cluster.cut-off-seconds");
  }

  @Test
  void aMemberThatStopsByItselfEndsTheNode() {
    cutOff.stateChanged(new LifecycleEvent(LifecycleState.SHUTTING_DOWN));
    assertThat(cutOff.hopeless().isComplete()).isFalse();
    cutOff.stateChanged(new LifecycleEvent(LifecycleState.SHUTDOWN));

    assertThat(cutOff.hopeless().isComplete()).isTrue();
  }

  @Test
  void aMemberThatIsStoppedDoesNot() {
    cutOff.closing();
    cutOff.stateChanged(new LifecycleEvent(LifecycleState.SHUTDOWN));

    assertThat(cutOff.hopeless().isComplete()).isFalse();
  }

  private void report(long atSecond, boolean cut) {
    seconds = atSecond;
    cutOff.report(cut);
  }
}

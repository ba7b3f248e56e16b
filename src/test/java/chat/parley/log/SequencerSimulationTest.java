package chat.parley.log;

import static org.assertj.core.api.Assertions.assertThat;

import chat.parley.log.SequencerSchedule.Mutant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * The real sequencer under random schedules. A failure prints its seed; {@code
 * -Dparley.simulation.seed=N} replays that one, {@code -Dparley.simulation.runs=N} sets how many
 * run.
 */
class SequencerSimulationTest {
  private static final int STEPS = 900;
  private static final int RUNS = Integer.getInteger("parley.simulation.runs", 100_000);

  @Test
  void survivesEveryRandomSchedule() {
    Long replay = Long.getLong("parley.simulation.seed");
    AtomicLong acks = new AtomicLong();
    LongStream seeds =
        replay == null ? LongStream.range(0, RUNS).parallel() : LongStream.of(replay);

    AtomicLong early = new AtomicLong();

    String firstViolation = firstViolation(seeds, Mutant.NONE, acks, early);

    assertThat(firstViolation).isNull();
    if (replay == null) {
      assertThat(acks.get())
          .as("acks in all runs: the schedules must get somewhere")
          .isGreaterThan(2L * RUNS);
      assertThat(early.get())
          .as("acks of messages that no owner had seen in the store")
          .isGreaterThan(RUNS / 100);
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void aMutantGoesRed(Mutant mutant) {
    String firstViolation =
        firstViolation(
            LongStream.range(0, RUNS).parallel(), mutant, new AtomicLong(), new AtomicLong());

    assertThat(firstViolation).as("a run in which %s breaks a guarantee", mutant).isNotNull();
  }

  private static String firstViolation(
      LongStream seeds, Mutant mutant, AtomicLong acks, AtomicLong early) {
    AtomicReference<String> found = new AtomicReference<>();
    seeds.forEach(
        seed -> {
          if (found.get() != null) {
            return;
          }
          SequencerSchedule schedule = new SequencerSchedule(seed * 7919 + 1_000_003, mutant);
          String violation = schedule.run(STEPS);
          acks.addAndGet(schedule.acks());
          early.addAndGet(schedule.acksOfTheJournalAlone());
          if (violation != null) {
            found.compareAndSet(null, violation + " (seed " + seed + ")");
          }
        });
    return found.get();
  }
}

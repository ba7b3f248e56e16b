package chat.parley.torture.check;

import chat.parley.torture.history.Event;
import chat.parley.torture.history.History;
import chat.parley.torture.history.Op;
import chat.parley.torture.history.Phase;
import java.nio.file.Path;
import java.util.List;

/** Holds a history against what the server promises. */
public final class Judge {
  private Judge() {}

  /**
   * Judges a history that is complete. Reads it twice; remembers the log, the sends and a bit for
   * every number that a device showed.
   *
   * @throws java.io.UncheckedIOException where the file cannot be read, or is damaged
   */
  public static Judgement judge(Path history, Requirements requirements) {
    Evidence evidence = Evidence.of(history);
    Violations violations = new Violations();
    DeviceCheck devices = new DeviceCheck(evidence, violations);
    AckGapCheck gaps = new AckGapCheck(violations, requirements);
    GuardCheck guards = new GuardCheck(evidence, violations, requirements);
    Counts counts = new Counts();
    List<Check> checks =
        List.of(
            new LogCheck(evidence, violations),
            new SendCheck(evidence, violations),
            new RefusalCheck(evidence, violations),
            new ContentCheck(evidence, violations),
            new AmendmentCheck(evidence, violations),
            new MemberCheck(evidence, violations),
            new StateCheck(evidence, violations),
            devices,
            new RealTimeCheck(evidence, violations),
            new CursorCheck(evidence, violations),
            new StreamCheck(evidence, violations),
            new FinalCheck(evidence, violations),
            new ExitCheck(violations),
            gaps,
            guards,
            counts);
    History.read(history, event -> checks.forEach(check -> check.event(event)));
    checks.forEach(Check::end);
    return new Judgement(
        violations.all(), figures(evidence, counts, devices.devices(), guards.faults(), gaps));
  }

  private static Figures figures(
      Evidence evidence, Counts counts, long devices, long faults, AckGapCheck gaps) {
    long acked = evidence.sends().values().stream().filter(Send::isAcked).count();
    long refused = evidence.sends().values().stream().filter(Send::isRefused).count();
    return new Figures(
        evidence.sends().size(),
        acked,
        refused,
        evidence.sends().size() - acked - refused,
        counts.resends,
        evidence.asks().values().stream().filter(Ask::isAcked).count(),
        evidence.casts(),
        evidence.logs().values().stream().mapToLong(Log::size).sum(),
        counts.observations,
        devices,
        faults,
        gaps.longest(),
        gaps.longestAt(),
        gaps.longestOfOne(),
        gaps.longestOfOneIn(),
        gaps.longestOfOneAt());
  }

  private static final class Counts implements Check {
    private long resends;
    private long observations;

    @Override
    public void event(Event event) {
      resends += event.op() == Op.RESEND && event.phase() == Phase.INFO ? 1 : 0;
      observations += Evidence.isObservation(event.op()) ? 1 : 0;
    }

    @Override
    public void end() {
      // Nothing is wrong with any count.
    }
  }
}

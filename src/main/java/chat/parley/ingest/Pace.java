package chat.parley.ingest;

import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.bus.FailureException.Scope;
import chat.parley.bus.IngestMessages.SendMessage;
import chat.parley.bus.IngestMessages.Toll;
import chat.parley.limit.Allowance;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.LimitMeters;
import chat.parley.limit.Limiter;
import chat.parley.limit.RateSettings;
import chat.parley.model.Right;
import chat.parley.model.Role;
import java.time.Clock;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * How fast one conversation may go: its slow mode, and what all of its members together may send.
 * It has one owner, so this is the whole cluster's count. Nobody is refused here whose message is
 * stored already: the log answers those before it asks.
 */
final class Pace {
  /** What the paces of all conversations of a node share. */
  record Rules(RateSettings settings, LimitMeters meters, Clock clock, LongSupplier nanos) {}

  private final Rules rules;
  private final SlowMode slowMode = new SlowMode();
  private final Map<Kind, Allowance> allowances = new EnumMap<>(Kind.class);

  Pace(Rules rules) {
    this.rules = rules;
  }

  /**
   * Whether the message may be stored now.
   *
   * @param slowModeSeconds what must lie between two messages of a member
   * @param calls whether it calls everybody
   * @throws FailureException {@code RATE_LIMITED} with the time to wait
   */
  void check(SendMessage send, Role role, int slowModeSeconds, boolean calls) {
    Toll toll = send.toll();
    if (toll.refusedBy() != null) {
      throw new FailureException(
          Failure.RATE_LIMITED,
          "too many messages in a short time",
          toll.retryAfterMs(),
          toll.refusedBy());
    }
    checkSlowMode(send, role, slowModeSeconds);
    if (!toll.exempt()) {
      take(Kind.MESSAGES, 1);
      take(Kind.BYTES, send.body().length);
      if (calls) {
        take(Kind.CHANNEL_CALLS, 1);
      }
    }
  }

  private void checkSlowMode(SendMessage send, Role role, int seconds) {
    long wait = slowMode.waitMs(send.userId(), seconds, rules.clock().millis());
    if (wait > 0 && !role.may(Right.SKIP_SLOW_MODE)) {
      rules.meters().refused(new Limit(Scope.CONVERSATION, Kind.SLOW_MODE));
      throw new FailureException(
          Failure.RATE_LIMITED,
          "slow mode: one message in %d seconds here".formatted(seconds),
          wait,
          Scope.CONVERSATION);
    }
  }

  private void take(Kind kind, long amount) {
    rules
        .settings()
        .rate(Scope.CONVERSATION, kind)
        .ifPresent(
            rate -> {
              long wait =
                  allowances
                      .computeIfAbsent(kind, any -> Allowance.full(rate, rules.nanos()))
                      .take(amount);
              if (wait > 0) {
                Limit limit = new Limit(Scope.CONVERSATION, kind);
                rules.meters().refused(limit);
                throw Limiter.refusal(limit, wait);
              }
            });
  }

  /** The message of this send is numbered now. */
  void sent(SendMessage send, int slowModeSeconds) {
    slowMode.sent(send.userId(), slowModeSeconds, rules.clock().millis());
  }
}

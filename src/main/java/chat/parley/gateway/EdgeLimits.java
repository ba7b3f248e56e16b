package chat.parley.gateway;

import chat.parley.auth.Principal;
import chat.parley.bus.FailureException.Scope;
import chat.parley.limit.Charge;
import chat.parley.limit.Kind;
import chat.parley.limit.Limit;
import chat.parley.limit.Limiter;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * What is counted at the edge, and for whom. All of these fail with {@code RATE_LIMITED}, and do
 * nothing for callers who are trusted.
 */
final class EdgeLimits {
  private final Limiter limiter;

  EdgeLimits(Limiter limiter) {
    this.limiter = limiter;
  }

  /** A message, or something done to one; {@code bytes} of its body. */
  Future<Void> message(Caller caller, UserId user, DeviceId device, long bytes) {
    String ofDevice = user.value() + "/" + device.value();
    List<Charge> charges = new ArrayList<>();
    for (Kind kind : List.of(Kind.MESSAGES, Kind.BYTES)) {
      long amount = kind == Kind.BYTES ? bytes : 1;
      if (amount > 0) {
        charges.add(new Charge(new Limit(Scope.DEVICE, kind), ofDevice, amount));
        charges.add(new Charge(new Limit(Scope.USER, kind), user.value(), amount));
        charges.add(new Charge(new Limit(Scope.IP, kind), caller.address(), amount));
      }
    }
    return take(caller, charges);
  }

  /** A message that calls everybody. */
  Future<Void> channelCall(Caller caller, UserId user) {
    return take(caller, List.of(ofUser(Kind.CHANNEL_CALLS, user)));
  }

  /**
   * A look for a message that was refused and may be stored all the same. It costs its owner what a
   * refusal here does not, so an address has a limit of its own: many users must not make a flood
   * of what is refused.
   */
  Future<Void> retry(Caller caller, UserId user) {
    return take(caller, List.of(ofUser(Kind.RETRIES, user), ofAddress(Kind.RETRIES, caller)));
  }

  /** A page of whatever is read in pages. */
  Future<Void> page(Caller caller, UserId user) {
    return take(caller, List.of(ofUser(Kind.PAGES, user), ofAddress(Kind.PAGES, caller)));
  }

  /** A new line, of whomever. */
  Future<Void> connection(Caller caller) {
    return take(caller, List.of(ofAddress(Kind.CONNECTIONS, caller)));
  }

  /** A line that has said who it is of. */
  Future<Void> hello(Caller caller, Principal principal) {
    return take(caller, List.of(ofUser(Kind.CONNECTIONS, principal.userId())));
  }

  /**
   * An attempt to sign in or up; {@code handle} may be null. The address first: who tries many
   * handles must not use up what their owners have.
   */
  Future<Void> signIn(Caller caller, String handle) {
    Charge address = ofAddress(Kind.SIGN_INS, caller);
    return take(
        caller,
        handle == null
            ? List.of(address)
            : List.of(address, new Charge(new Limit(Scope.USER, Kind.SIGN_INS), handle, 1)));
  }

  private static Charge ofUser(Kind kind, UserId user) {
    return new Charge(new Limit(Scope.USER, kind), user.value(), 1);
  }

  private static Charge ofAddress(Kind kind, Caller caller) {
    return new Charge(new Limit(Scope.IP, kind), caller.address(), 1);
  }

  private Future<Void> take(Caller caller, List<Charge> charges) {
    return caller.trusted() ? Future.succeededFuture() : limiter.take(charges);
  }
}

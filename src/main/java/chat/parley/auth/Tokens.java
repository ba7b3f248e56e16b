package chat.parley.auth;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;

/** Access tokens: signed JWTs, checked without a look at any store. */
public interface Tokens {
  /** A new access token for a device, out of this sign-in of it. */
  AccessToken issue(UserId user, DeviceId device, String family);

  /**
   * Who a token speaks for. Fails with {@code FailureException(UNAUTHENTICATED)} for a token that
   * is malformed, larger than 8 KiB, unsigned, signed by another key or another algorithm, expired,
   * not yet valid, without exp, iss, aud or sub, for another issuer or audience, or of a sign-in
   * that has ended.
   */
  Future<Principal> verify(String token);

  /** A signed token; {@code expiresAt} in milliseconds since the epoch. */
  record AccessToken(String token, long expiresAt) {}
}

package chat.parley.auth;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.time.Instant;

/**
 * Who speaks: a user on one of their devices, as a valid token says, until the token's end.
 *
 * @param family the sign-in that the token comes from: all tokens that were renewed from one
 *     sign-in are a family, and end together
 */
public record Principal(UserId userId, DeviceId deviceId, String family, Instant expiresAt) {
  /** Whether the token is of this sign-in on this device. */
  public boolean isOf(DeviceId device, String signIn) {
    return deviceId.equals(device) && family.equals(signIn);
  }
}

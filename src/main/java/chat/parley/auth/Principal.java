package chat.parley.auth;

import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import java.time.Instant;

/** Who speaks: a user on one of their devices, as a valid token says, until the token's end. */
public record Principal(UserId userId, DeviceId deviceId, Instant expiresAt) {}

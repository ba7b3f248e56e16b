package chat.parley.log;

import chat.parley.model.ClientMsgId;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;

/**
 * What makes two sends in a conversation the same: user, device and the client's id. {@code
 * bodyHash} tells a retry from a reuse of the id for something else.
 */
public record SendKey(UserId userId, DeviceId deviceId, ClientMsgId clientMsgId, long bodyHash) {
  /** Whether the other is the same logical send, whatever its body. */
  public boolean sameSend(SendKey other) {
    return userId.equals(other.userId)
        && deviceId.equals(other.deviceId)
        && clientMsgId.equals(other.clientMsgId);
  }
}

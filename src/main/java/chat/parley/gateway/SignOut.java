package chat.parley.gateway;

import chat.parley.auth.Devices;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;

/** Ends a device's session everywhere: its tokens first, then its sockets on every node. */
final class SignOut {
  private final Devices devices;
  private final Bus bus;

  SignOut(EdgeServices services) {
    this.devices = services.devices();
    this.bus = services.bus();
  }

  /** Answers whether the device was signed in. */
  Future<Boolean> of(UserId user, DeviceId device) {
    // In this order: a socket that is told to go must not find its token still good.
    return devices.delete(user, device).onSuccess(was -> closeSockets(user, device));
  }

  void closeSockets(UserId user, DeviceId device) {
    bus.publish(
        Addresses.ALL_GATEWAYS,
        new DeliveryMessages.CloseDevice(user, device, CloseCode.REVOKED.number(), "revoked"));
  }
}

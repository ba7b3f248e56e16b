package chat.parley.gateway;

import chat.parley.auth.Devices;
import chat.parley.auth.Revocations;
import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.DeliveryMessages;
import chat.parley.model.DeviceId;
import chat.parley.model.UserId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Ends a device's session everywhere: its tokens first, then its sockets on every node. */
final class SignOut {
  private final Devices devices;
  private final Revocations revocations;
  private final Bus bus;

  SignOut(EdgeServices services) {
    this.devices = services.devices();
    this.revocations = services.security().revocations();
    this.bus = services.bus();
  }

  /** Answers whether the device was signed in. */
  Future<Boolean> of(UserId user, DeviceId device) {
    return devices
        .find(user, device)
        .compose(
            found ->
                found.isPresent()
                    ? end(user, device, found.get().family()).map(true)
                    : Future.succeededFuture(false));
  }

  /**
   * All of a user's sign-ins, or all but one of them. Answers how many.
   *
   * @param but a family: somebody else may have signed in on the same device since
   */
  Future<Integer> ofAll(UserId user, Optional<String> but) {
    return devices
        .of(user)
        .compose(
            found -> {
              List<Future<Void>> ends =
                  found.stream()
                      .filter(device -> !but.equals(Optional.of(device.family())))
                      .map(device -> end(user, device.deviceId(), device.family()))
                      .toList();
              return Future.all(ends).map(ends.size());
            });
  }

  /**
   * Ends one sign-in, and no later one of the same device.
   *
   * <p>In this order: who is told to go must not find a token still good. And if this node dies in
   * between, a device is left that can do nothing, for a family that has ended renews no tokens,
   * never one that is thought to be gone and is not.
   */
  Future<Void> end(UserId user, DeviceId device, String family) {
    return revocations
        .revoke(family)
        .compose(revoked -> devices.delete(user, device, family))
        .onSuccess(deleted -> closeSockets(user, device, family))
        .mapEmpty();
  }

  private void closeSockets(UserId user, DeviceId device, String family) {
    bus.publish(
        Addresses.ALL_GATEWAYS,
        new DeliveryMessages.CloseDevice(
            user, device, family, CloseCode.REVOKED.number(), "revoked"));
  }
}

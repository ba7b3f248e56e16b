package chat.parley.gateway;

import chat.parley.audit.Audit;
import chat.parley.audit.AuditAction;
import chat.parley.audit.AuditEvent;
import chat.parley.auth.Devices;
import chat.parley.auth.Devices.Device;
import chat.parley.bus.Failure;
import chat.parley.bus.FailureException;
import chat.parley.model.DeviceId;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A user's own devices. */
final class DeviceRoutes {
  private final Devices devices;
  private final SignOut signOut;
  private final Audit audit;

  DeviceRoutes(EdgeServices services) {
    this.devices = services.devices();
    this.signOut = new SignOut(services);
    this.audit = services.security().audit();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/devices", this::list);
    routes.signedIn(HttpMethod.DELETE, "/v1/devices/:deviceId", this::delete);
  }

  private Future<RestAnswer> list(RestRequest request) {
    return devices
        .of(request.self())
        .map(found -> RestAnswer.ok(json(found, request.principal().deviceId())));
  }

  private Future<RestAnswer> delete(RestRequest request) {
    DeviceId device = new DeviceId(request.pathId("deviceId"));
    return signOut
        .of(request.self(), device)
        .compose(
            was ->
                was
                    ? audit
                        .record(
                            AuditEvent.of(AuditAction.DEVICE_REMOVED, request.self().value())
                                .with("from", request.remoteHost())
                                .with("device", device.value()))
                        .otherwiseEmpty()
                    : Future.failedFuture(
                        new FailureException(Failure.NOT_FOUND, "no such device")))
        .map(recorded -> RestAnswer.done());
  }

  private static JsonObject json(List<Device> devices, DeviceId current) {
    JsonArray items = new JsonArray();
    for (Device device : devices) {
      items.add(
          new JsonObject()
              .put("deviceId", device.deviceId().value())
              .put("name", device.name())
              .put("platform", device.platform())
              .put("createdAt", ServerFrames.time(device.createdAt()))
              .put("lastSeenAt", ServerFrames.time(device.lastSeenAt()))
              .put("current", device.deviceId().equals(current)));
    }
    return new JsonObject().put("items", items);
  }
}

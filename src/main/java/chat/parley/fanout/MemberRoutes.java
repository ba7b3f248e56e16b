package chat.parley.fanout;

import chat.parley.bus.DeliveryMessages.DeliverChanges;
import chat.parley.event.Change;
import chat.parley.registry.DeviceRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/**
 * The way of small conversations: from the members, who are known here, to the gateways of each
 * one's devices. The look-up of devices is made after the change was committed and never cached: a
 * device that was not registered then reads its bound later and gets the change by its sync.
 */
final class MemberRoutes implements Routes {
  private final Audiences audiences;
  private final Newcomers newcomers;
  private final DeviceRegistry devices;

  MemberRoutes(Audiences audiences, Newcomers newcomers, DeviceRegistry devices) {
    this.audiences = audiences;
    this.newcomers = newcomers;
    this.devices = devices;
  }

  @Override
  public Future<Map<String, DeliverChanges>> of(List<Change> changes) {
    return audiences
        .follow(changes)
        .compose(found -> newcomers.parts(changes, found))
        .map(FanOutPlan::new)
        .compose(
            plan ->
                Away.always(devices.gatewaysOf(plan.users()), "devices cannot be looked up")
                    .map(plan::byGateway));
  }
}

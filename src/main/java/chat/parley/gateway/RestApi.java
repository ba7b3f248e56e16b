package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.DeliveryMessages.CloseDevice;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;

/** The REST calls of PROTOCOL, each resource in its own class. */
public final class RestApi {
  private final EdgeServices services;

  public RestApi(EdgeServices services) {
    this.services = services;
  }

  /**
   * Hears of devices that were signed out on other nodes, so that this node's REST refuses them at
   * once. Completes when all nodes can reach it; without it they are refused some seconds later.
   */
  public Future<Void> listen() {
    return services
        .bus()
        .listen(
            Addresses.ALL_GATEWAYS,
            message -> {
              if (message instanceof CloseDevice close) {
                services.devices().forget(close.userId(), close.deviceId());
              }
            })
        .mapEmpty();
  }

  /** {@code methods} learns what there is. */
  void install(Router router, HttpSettings settings, AllowedMethods methods) {
    RestRoutes routes =
        new RestRoutes(
            router,
            methods,
            new BearerAuthentication(services.tokens(), services.devices()),
            services.guard(),
            settings.maxBodyBytes());
    new AccountRoutes(services).install(routes);
    new SessionRoutes(services).install(routes);
    new UserRoutes(services).install(routes);
    new DeviceRoutes(services).install(routes);
    new ConversationRoutes(services).install(routes);
    new SettingsRoutes(services).install(routes);
    new MemberRoutes(services).install(routes);
    new MessageRoutes(services).install(routes);
    new AmendRoutes(services).install(routes);
    new HistoryRoutes(services).install(routes);
    new SyncRoutes(services).install(routes);
    new ReceiptRoutes(services).install(routes);
    new DeadLetterRoutes(services).install(routes);
    new SizeRoutes(services).install(routes);
    new PresenceRoutes(services).install(routes);
  }
}

package chat.parley.gateway;

import io.vertx.ext.web.Router;

/** The REST calls of PROTOCOL, each resource in its own class. */
public final class RestApi {
  private final EdgeServices services;

  public RestApi(EdgeServices services) {
    this.services = services;
  }

  /** The calls for everybody. {@code methods} learns what there is. */
  void install(Router router, HttpSettings settings, AllowedMethods methods) {
    RestRoutes routes = routes(router, settings, methods);
    new AccountRoutes(services).install(routes);
    new SessionRoutes(services).install(routes);
    new UserRoutes(services).install(routes);
    new DeviceRoutes(services).install(routes);
    new PasswordRoutes(services).install(routes);
    new ConversationRoutes(services).install(routes);
    new SettingsRoutes(services).install(routes);
    new MemberRoutes(services).install(routes);
    new MessageRoutes(services).install(routes);
    new AmendRoutes(services).install(routes);
    new HistoryRoutes(services).install(routes);
    new SyncRoutes(services).install(routes);
    new ReceiptRoutes(services).install(routes);
    new PresenceRoutes(services).install(routes);
  }

  /** The calls of {@code /v1/admin}. */
  void installForOperator(Router router, HttpSettings settings, AllowedMethods methods) {
    RestRoutes routes = routes(router, settings, methods);
    new DeadLetterRoutes(services).install(routes);
    new SizeRoutes(services).install(routes);
    new AuditRoutes(services).install(routes);
    new AccountAdminRoutes(services).install(routes);
  }

  private RestRoutes routes(Router router, HttpSettings settings, AllowedMethods methods) {
    return new RestRoutes(
        router,
        methods,
        new BearerAuthentication(services.tokens()),
        services.guard(),
        settings.maxBodyBytes());
  }
}

package chat.parley.gateway;

import chat.parley.audit.AuditLine;
import chat.parley.audit.AuditReader;
import chat.parley.auth.Admins;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/** The audit log of a day, for admins. */
final class AuditRoutes {
  private static final int USUAL_PAGE = 100;
  private static final int MAX_PAGE = 500;

  private final Admins admins;
  private final AuditReader written;
  private final Clock clock;

  AuditRoutes(EdgeServices services) {
    this.admins = new Admins(services.authSettings(), services.accounts());
    this.written = services.security().written();
    this.clock = Clock.systemUTC();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/admin/audit", this::list);
  }

  private Future<RestAnswer> list(RestRequest request) {
    return admins
        .require(request.self())
        .compose(
            admin ->
                written.page(
                    day(request),
                    request.query("cursor").orElse(null),
                    request.limit(USUAL_PAGE, MAX_PAGE)))
        .map(page -> RestAnswer.ok(json(page)));
  }

  /** Today where none is said. */
  private String day(RestRequest request) {
    try {
      return request
          .query("day")
          .map(LocalDate::parse)
          .orElseGet(() -> LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC))
          .toString();
    } catch (DateTimeParseException noDay) {
      throw JsonInput.refused("day must be a date such as 2026-01-31");
    }
  }

  private static JsonObject json(AuditReader.Page page) {
    JsonArray items = new JsonArray();
    page.lines().stream().map(AuditLine::json).forEach(items::add);
    return new JsonObject().put("items", items).put("nextCursor", page.next());
  }
}

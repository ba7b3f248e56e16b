package chat.parley.gateway;

import chat.parley.auth.Admins;
import chat.parley.auth.Profile;
import chat.parley.letters.LetterDesk;
import chat.parley.letters.LetterPage;
import chat.parley.letters.OpenedLetter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * What could not be delivered, for admins. Payloads are never shown here: they are what members
 * wrote to each other, and an admin of the server is not one of them.
 */
final class DeadLetterRoutes {
  private static final int USUAL_PAGE = 50;
  private static final int MAX_PAGE = 200;

  private final Admins admins;
  private final LetterDesk letters;

  DeadLetterRoutes(EdgeServices services) {
    this.admins = new Admins(services.authSettings(), services.accounts());
    this.letters = services.letters();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.GET, "/v1/admin/dead-letters", this::list);
    routes.signedIn(HttpMethod.GET, "/v1/admin/dead-letters/:letterId", this::show);
    routes.signedIn(HttpMethod.DELETE, "/v1/admin/dead-letters/:letterId", this::discard);
    routes.signedIn(HttpMethod.POST, "/v1/admin/dead-letters/:letterId/replay", this::replay);
  }

  private Future<RestAnswer> list(RestRequest request) {
    return asAdmin(
        request,
        admin ->
            letters
                .list(
                    request.query("cursor").orElse(null),
                    request.limit(USUAL_PAGE, MAX_PAGE),
                    settledToo(request))
                .map(page -> RestAnswer.ok(json(page))));
  }

  private static boolean settledToo(RestRequest request) {
    String state = request.query("state").orElse("open");
    if (!state.equals("open") && !state.equals("all")) {
      throw JsonInput.refused("state must be open or all");
    }
    return state.equals("all");
  }

  private Future<RestAnswer> show(RestRequest request) {
    return asAdmin(
        request,
        admin ->
            letters.show(request.pathId("letterId")).map(OpenedLetter::json).map(RestAnswer::ok));
  }

  private Future<RestAnswer> replay(RestRequest request) {
    return asAdmin(
        request,
        admin ->
            letters
                .replay(request.pathId("letterId"), admin.handle())
                .map(letter -> RestAnswer.ok(letter.json())));
  }

  private Future<RestAnswer> discard(RestRequest request) {
    return asAdmin(
        request,
        admin ->
            letters
                .discard(request.pathId("letterId"), admin.handle())
                .map(letter -> RestAnswer.done()));
  }

  /** Nothing of the request is looked at before it is known who asks. */
  private Future<RestAnswer> asAdmin(
      RestRequest request, Function<Profile, Future<RestAnswer>> step) {
    return admins.require(request.self()).compose(step);
  }

  private static JsonObject json(LetterPage page) {
    JsonArray items = new JsonArray();
    page.items().forEach(letter -> items.add(letter.json()));
    return new JsonObject().put("items", items).put("nextCursor", page.next());
  }
}

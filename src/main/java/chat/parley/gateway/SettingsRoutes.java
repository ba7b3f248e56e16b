package chat.parley.gateway;

import chat.parley.bus.Addresses;
import chat.parley.bus.Bus;
import chat.parley.bus.InboxMessages.ChangeOwnSettings;
import chat.parley.bus.InboxMessages.ChangeSettings;
import chat.parley.bus.InboxMessages.InboxState;
import chat.parley.bus.InboxMessages.OwnSettings;
import chat.parley.model.ReceiptChoice;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * A member's own settings of a conversation (mute, archive, pin, private receipts; in them null
 * clears), and a user's own of all of them.
 */
final class SettingsRoutes {
  private static final int MAX_RANK = 1_000_000;
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59.999Z");
  private static final String OWN = "/v1/users/me/settings";
  private static final String PRIVATE_RECEIPTS = "privateReceipts";
  private static final Set<String> FIELDS =
      Set.of("mutedUntil", "archived", "pinnedRank", PRIVATE_RECEIPTS);

  private final Bus bus;

  SettingsRoutes(EdgeServices services) {
    this.bus = services.bus();
  }

  void install(RestRoutes routes) {
    routes.signedIn(HttpMethod.PATCH, "/v1/conversations/:conversationId/settings", this::change);
    routes.signedIn(HttpMethod.GET, OWN, request -> own(request, null));
    routes.signedIn(
        HttpMethod.PATCH, OWN, request -> own(request, flag(request.json(), PRIVATE_RECEIPTS)));
  }

  private Future<RestAnswer> own(RestRequest request, Boolean privateReceipts) {
    return bus.request(
            Addresses.INBOX,
            new ChangeOwnSettings(request.self(), privateReceipts),
            OwnSettings.class)
        .map(own -> RestAnswer.ok(new JsonObject().put(PRIVATE_RECEIPTS, own.privateReceipts())));
  }

  private static boolean flag(JsonInput json, String field) {
    if (json.value(field) instanceof Boolean flag) {
      return flag;
    }
    throw JsonInput.refused(field + " must be true or false");
  }

  private Future<RestAnswer> change(RestRequest request) {
    JsonInput json = request.json();
    if (FIELDS.stream().noneMatch(json::isGiven)) {
      throw JsonInput.refused(
          "one of mutedUntil, archived, pinnedRank and privateReceipts is required");
    }
    ChangeSettings change =
        new ChangeSettings(
            request.self(),
            request.principal().deviceId(),
            request.conversationId(),
            json.isGiven("mutedUntil") ? mutedUntil(json.value("mutedUntil")) : null,
            json.isGiven("archived") ? archived(json.value("archived")) : null,
            json.isGiven("pinnedRank") ? pinnedRank(json.value("pinnedRank")) : null,
            json.isGiven(PRIVATE_RECEIPTS) ? receipts(json) : null);
    return bus.request(Addresses.INBOX, change, InboxState.class)
        .map(state -> RestAnswer.ok(WireJson.inboxState(state)));
  }

  private static long mutedUntil(Object value) {
    if (value == null) {
      return 0;
    }
    try {
      if (value instanceof String text) {
        Instant until = Instant.parse(text);
        if (until.isAfter(Instant.EPOCH) && !until.isAfter(LATEST)) {
          return until.toEpochMilli();
        }
      }
    } catch (DateTimeParseException noTime) {
      throw noMute();
    }
    throw noMute();
  }

  private static RuntimeException noMute() {
    return JsonInput.refused(
        "mutedUntil must be null or a time of RFC 3339 between 1970 and 9999, such as"
            + " 2030-01-31T08:00:00.000Z");
  }

  private static boolean archived(Object value) {
    if (value == null || value instanceof Boolean) {
      return Boolean.TRUE.equals(value);
    }
    throw JsonInput.refused("archived must be true, false or null");
  }

  private static ReceiptChoice receipts(JsonInput json) {
    if (json.value(PRIVATE_RECEIPTS) == null) {
      return ReceiptChoice.AS_FOR_ALL;
    }
    return flag(json, PRIVATE_RECEIPTS) ? ReceiptChoice.PRIVATE : ReceiptChoice.TOLD;
  }

  private static int pinnedRank(Object value) {
    if (value == null) {
      return -1;
    }
    if (value instanceof Integer rank && rank >= 0 && rank <= MAX_RANK) {
      return rank;
    }
    throw JsonInput.refused("pinnedRank must be null or a whole number from 0 to " + MAX_RANK);
  }
}

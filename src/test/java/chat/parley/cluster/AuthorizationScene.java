package chat.parley.cluster;

import chat.parley.client.ParleyApi;
import chat.parley.testing.Await;
import chat.parley.testing.Crowd;
import chat.parley.testing.Forgery;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A group with somebody in every place, what they talk about, and for each operation a question to
 * ask: about that group, somebody else's message, somebody else's device.
 */
final class AuthorizationScene {
  /** One call. */
  record Ask(String path, JsonObject body, String token) {}

  private static final List<String> PLACES = List.of("readonly", "member", "admin", "owner");

  private final Crowd crowd;
  private final Map<String, Crowd.Somebody> people = new HashMap<>();
  private final Map<String, String> tokens = new HashMap<>();
  private final Map<String, List<String>> victims = new HashMap<>();
  private final List<String> messages = new ArrayList<>();
  private final Crowd.Somebody target;
  private final Crowd.Somebody gone;
  private final AtomicReference<String> refreshToken = new AtomicReference<>();
  private final String group;
  private final String before;
  private final String after;
  private final long removal;
  private int nextMessage;

  AuthorizationScene(Crowd crowd) {
    this.crowd = crowd;
    PLACES.forEach(place -> people.put(place, crowd.somebody(place)));
    people.put("stranger", crowd.somebody("stranger"));
    gone = crowd.somebody("gone");
    people.put("before", gone);
    people.put("after", gone);
    target = crowd.somebody("target");
    ParleyApi owner = people.get("owner").api();
    List<String> first = new ArrayList<>(List.of(gone.userId(), target.userId()));
    for (String place : List.of("readonly", "member", "admin")) {
      first.add(people.get(place).userId());
    }
    for (String place : PLACES) {
      List<String> own = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        own.add(crowd.somebody("victim").userId());
      }
      victims.put(place, own);
      first.addAll(own);
    }
    group = Await.join(owner.createGroup("group", first)).conversationId();
    Await.join(owner.putMember(group, people.get("admin").userId(), "admin"));
    Await.join(owner.putMember(group, people.get("readonly").userId(), "readonly"));
    before = Await.join(target.api().postMessage(group, "before", "before")).messageId();
    for (int i = 0; i < 3 * PLACES.size(); i++) {
      messages.add(Await.join(target.api().postMessage(group, "m" + i, "x")).messageId());
    }
    Await.join(owner.deleteMember(group, gone.userId()));
    removal = Await.join(owner.changes(group, 0, 500)).headChangeSeq();
    after = Await.join(target.api().postMessage(group, "after", "after")).messageId();
    forge();
  }

  private void forge() {
    String good = people.get("member").session().accessToken();
    Forgery forgery = new Forgery(good);
    tokens.put("none", null);
    tokens.put("expired", forgery.with("exp", Instant.now().getEpochSecond() - 3_600));
    tokens.put("audience", forgery.with("aud", "elsewhere"));
    tokens.put("foreign", Forgery.altered(good, "did", target.session().deviceId()));
    people.forEach((place, who) -> tokens.put(place, who.session().accessToken()));
    refreshToken.set(target.signIn("to renew").credentials().session().refreshToken());
  }

  /** What somebody in this column says that they are. */
  String token(String column) {
    return tokens.get(column);
  }

  /** A call of this operation by somebody in this column. */
  Ask ask(String operation, String column) {
    String token = tokens.get(column);
    return switch (operation) {
      case "POST /v1/accounts" ->
          ask(
              token,
              "/v1/accounts",
              credentials("new-" + UUID.randomUUID().toString().substring(0, 8)));
      case "POST /v1/sessions" -> ask(token, "/v1/sessions", credentials(target.handle()));
      case "POST /v1/sessions/refresh" ->
          ask(
              token,
              "/v1/sessions/refresh",
              new JsonObject().put("refreshToken", refreshToken.get()));
      case "DELETE /v1/sessions/current" ->
          ask(ofAnotherDevice(column), "/v1/sessions/current", null);
      case "GET /v1/users" -> ask(token, "/v1/users?query=target", null);
      case "GET /v1/users/:userId" -> ask(token, "/v1/users/" + target.userId(), null);
      case "PATCH /v1/users/me" ->
          ask(token, "/v1/users/me", new JsonObject().put("displayName", "N"));
      case "GET /v1/users/me/settings" -> ask(token, "/v1/users/me/settings", null);
      case "PATCH /v1/users/me/settings" ->
          ask(token, "/v1/users/me/settings", new JsonObject().put("privateReceipts", false));
      case "PUT /v1/users/me/password" ->
          ask(
              token,
              "/v1/users/me/password",
              new JsonObject()
                  .put("currentPassword", "is not theirs")
                  .put("newPassword", "nor is this one"));
      case "GET /v1/devices" -> ask(token, "/v1/devices", null);
      case "DELETE /v1/devices/:deviceId" ->
          ask(token, "/v1/devices/" + target.session().deviceId(), null);
      case "POST /v1/conversations" ->
          ask(token, "/v1/conversations", new JsonObject().put("type", "group"));
      case "GET /v1/conversations" -> ask(token, "/v1/conversations", null);
      case "GET /v1/conversations/:conversationId" -> ask(token, at(""), null);
      case "PATCH /v1/conversations/:conversationId" ->
          ask(token, at(""), new JsonObject().put("topic", column));
      case "PATCH /v1/conversations/:conversationId/settings" ->
          ask(token, at("/settings"), new JsonObject().put("archived", false));
      case "GET /v1/conversations/:conversationId/members" -> ask(token, at("/members"), null);
      case "PUT /v1/conversations/:conversationId/members/:userId" ->
          ask(token, at("/members/" + victim(column, 0)), new JsonObject().put("role", "readonly"));
      case "DELETE /v1/conversations/:conversationId/members/:userId" ->
          ask(token, at("/members/" + victim(column, 1)), null);
      case "POST /v1/messages" -> ask(token, "/v1/messages", frame("message.send", column));
      case "GET /v1/messages/:messageId" -> ask(token, "/v1/messages/" + message(column), null);
      case "PATCH /v1/messages/:messageId" ->
          ask(token, "/v1/messages/" + message(column), new JsonObject().put("body", text("y")));
      case "DELETE /v1/messages/:messageId" -> ask(token, "/v1/messages/" + toDelete(column), null);
      case "GET /v1/conversations/:conversationId/messages" ->
          ask(token, at("/messages?after=" + from(column)), null);
      case "GET /v1/conversations/:conversationId/changes" ->
          ask(token, at("/changes?after=" + from(column)), null);
      case "GET /v1/sync" -> ask(token, "/v1/sync", null);
      case "POST /v1/conversations/:conversationId/read" ->
          ask(token, at("/read"), new JsonObject().put("seq", 1));
      case "GET /v1/conversations/:conversationId/receipts" ->
          ask(
              token,
              at("/receipts?seq=" + (column.equals("after") ? messages.size() + 2 : 1)),
              null);
      case "POST /v1/receipts:batch" ->
          ask(
              token,
              "/v1/receipts:batch",
              new JsonObject().put("read", new JsonObject().put(group, 1)));
      case "GET /v1/presence" -> ask(token, "/v1/presence?userIds=" + target.userId(), null);
      case "GET /v1/admin/dead-letters", "GET /v1/admin/audit" ->
          ask(token, operation.substring(4), null);
      case "GET /v1/admin/dead-letters/:letterId", "DELETE /v1/admin/dead-letters/:letterId" ->
          ask(token, "/v1/admin/dead-letters/x", null);
      case "POST /v1/admin/dead-letters/:letterId/replay" ->
          ask(token, "/v1/admin/dead-letters/x/replay", null);
      case "GET /v1/admin/users/:userId" -> ask(token, "/v1/admin/users/" + target.userId(), null);
      case "PUT /v1/admin/users/:userId/password" ->
          ask(
              token,
              "/v1/admin/users/" + target.userId() + "/password",
              new JsonObject().put("newPassword", Crowd.PASSWORD));
      case "PUT /v1/admin/users/:userId/suspension", "DELETE /v1/admin/users/:userId/suspension" ->
          ask(token, "/v1/admin/users/" + target.userId() + "/suspension", null);
      case "DELETE /v1/admin/users/:userId/sessions" ->
          ask(token, "/v1/admin/users/" + target.userId() + "/sessions", null);
      case "GET /v1/admin/conversations/:conversationId" ->
          ask(token, "/v1/admin/conversations/" + group, null);
      default -> throw new AssertionError("nobody has said how to ask for " + operation);
    };
  }

  /** What somebody in this column puts into a frame of this type. */
  JsonObject frame(String type, String column) {
    return switch (type) {
      case "hello", "reauth" ->
          column.equals("none")
              ? new JsonObject()
              : new JsonObject().put("token", tokens.get(column));
      case "message.send" ->
          new JsonObject()
              .put("conversationId", group)
              .put("clientMsgId", UUID.randomUUID().toString())
              .put("body", text("x"));
      case "message.edit" ->
          new JsonObject().put("messageId", message(column)).put("body", text("y"));
      case "message.delete" -> new JsonObject().put("messageId", toDelete(column));
      case "reaction.set" ->
          new JsonObject().put("messageId", message(column)).put("emoji", "👍").put("on", true);
      case "receipt.delivered" -> new JsonObject().put("cursors", new JsonObject().put(group, 1));
      case "receipt.read" -> new JsonObject().put("conversationId", group).put("seq", 1);
      case "sync" -> new JsonObject().put("conversationId", group).put("after", from(column));
      case "typing" -> new JsonObject().put("conversationId", group).put("on", true);
      case "presence.watch" ->
          new JsonObject().put("userIds", new JsonArray().add(target.userId()));
      case "presence.set" -> new JsonObject().put("status", "away");
      case "ping" -> new JsonObject();
      default -> throw new AssertionError("nobody has said how to send " + type);
    };
  }

  /** Learns what the next question needs. */
  void answered(String operation, String body) {
    if (operation.equals("POST /v1/sessions/refresh")) {
      refreshToken.set(new JsonObject(body).getString("refreshToken"));
    }
  }

  /** Who signs out shall not take the others' questions with them. */
  private String ofAnotherDevice(String column) {
    Crowd.Somebody who = people.get(column);
    return who == null
        ? tokens.get(column)
        : who.signIn("to sign out").credentials().session().accessToken();
  }

  private String victim(String column, int number) {
    return victims.getOrDefault(column, victims.get("member")).get(number);
  }

  private String message(String column) {
    return column.equals("after") ? after : before;
  }

  /** Each one once: what was deleted by one would be gone for the next. */
  private String toDelete(String column) {
    return PLACES.contains(column) ? messages.get(nextMessage++) : message(column);
  }

  private long from(String column) {
    return column.equals("after") ? removal : 0;
  }

  private String at(String rest) {
    return "/v1/conversations/" + group + rest;
  }

  private static JsonObject credentials(String handle) {
    return new JsonObject().put("handle", handle).put("password", Crowd.PASSWORD);
  }

  private static JsonObject text(String text) {
    return new JsonObject().put("text", text);
  }

  private static Ask ask(String token, String path, JsonObject body) {
    return new Ask(path, body, token);
  }
}

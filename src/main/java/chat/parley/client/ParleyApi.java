package chat.parley.client;

import static chat.parley.client.RestCalls.segment;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * The REST calls. A refusal fails the future with a {@link ProblemException}, a connection that
 * fails with whatever the network says. With credentials a call that meets an expired token renews
 * it and tries once more; nothing else is retried here. Safe from any thread; futures complete on
 * the group's loop.
 */
public final class ParleyApi {
  private final RestCalls rest;
  private final Credentials credentials;

  ParleyApi(RestCalls rest, Credentials credentials) {
    this.rest = rest;
    this.credentials = credentials;
  }

  /** The same calls, signed in. */
  public ParleyApi as(Credentials user) {
    return new ParleyApi(rest, user);
  }

  /** The same calls, signed in with a session of its own. */
  public ParleyApi as(Session session) {
    return as(new Credentials(this, session));
  }

  /** Who is signed in; null for nobody. */
  public Credentials credentials() {
    return credentials;
  }

  /** Signs a user up. */
  public Future<Profile> createAccount(String handle, String password, String displayName) {
    return open(
            "/v1/accounts",
            new JsonObject()
                .put("handle", handle)
                .put("password", password)
                .put("displayName", displayName))
        .map(Profile::from);
  }

  /** Signs a device in. {@code deviceId} is null for a new device. */
  public Future<Session> createSession(
      String handle, String password, String deviceName, String deviceId) {
    JsonObject device = new JsonObject().put("name", deviceName);
    if (deviceId != null) {
      device.put("deviceId", deviceId);
    }
    return open(
            "/v1/sessions",
            new JsonObject().put("handle", handle).put("password", password).put("device", device))
        .map(json -> Session.from(json, null));
  }

  /**
   * New tokens for a session.
   *
   * @param renewalId random and of this renewal: with the same one it may be asked for again
   */
  public Future<Session> refresh(Session session, String renewalId) {
    return open(
            "/v1/sessions/refresh",
            new JsonObject()
                .put("refreshToken", session.refreshToken())
                .put("renewalId", renewalId))
        .map(json -> Session.from(json, session));
  }

  /** Ends the session that is signed in. */
  public Future<Void> endSession() {
    return call(HttpMethod.DELETE, "/v1/sessions/current", null).mapEmpty();
  }

  /** The profile of who is signed in. */
  public Future<Profile> me() {
    return user(credentials.session().userId());
  }

  /** A user's profile. */
  public Future<Profile> user(String userId) {
    return get("/v1/users/" + segment(userId)).map(Profile::from);
  }

  /** Users whose handle begins with the query. */
  public Future<List<Profile>> users(String query) {
    return get("/v1/users?query=" + segment(query))
        .map(json -> objects(json).stream().map(Profile::from).toList());
  }

  /** Changes one's own display name. */
  public Future<Profile> setDisplayName(String displayName) {
    return call(HttpMethod.PATCH, "/v1/users/me", new JsonObject().put("displayName", displayName))
        .map(Profile::from);
  }

  /** One's own devices, as the server lists them. */
  public Future<List<JsonObject>> devices() {
    return get("/v1/devices").map(ParleyApi::objects);
  }

  /** Signs a device of one's own out for good. */
  public Future<Void> deleteDevice(String deviceId) {
    return call(HttpMethod.DELETE, "/v1/devices/" + segment(deviceId), null).mapEmpty();
  }

  /** Gives oneself another password: all other devices of one's own are signed out. */
  public Future<Void> changePassword(String current, String wished) {
    return call(
            HttpMethod.PUT,
            "/v1/users/me/password",
            new JsonObject().put("currentPassword", current).put("newPassword", wished))
        .mapEmpty();
  }

  /** The conversation of two; the one that exists where there is one. */
  public Future<Conversation> createDm(String userId) {
    return create(new JsonObject().put("type", "dm").put("memberIds", new JsonArray().add(userId)));
  }

  /** A new group with these members beside its creator. */
  public Future<Conversation> createGroup(String title, List<String> memberIds) {
    return create(
        new JsonObject()
            .put("type", "group")
            .put("title", title)
            .put("memberIds", new JsonArray(memberIds)));
  }

  /** A new open channel, which anybody can find by its title and join. */
  public Future<Conversation> createChannel(String title) {
    return create(new JsonObject().put("type", "channel").put("title", title));
  }

  /**
   * Open channels that have a word beginning with each of these in their titles, the first page.
   */
  public Future<List<Conversation>> channels(String words) {
    return get("/v1/conversations?type=channel&query=" + segment(words))
        .map(
            json ->
                objects(json).stream()
                    .map(item -> Conversation.from(item.getJsonObject("conversation")))
                    .toList());
  }

  private Future<Conversation> create(JsonObject body) {
    return call(HttpMethod.POST, "/v1/conversations", body).map(Conversation::from);
  }

  /** A conversation. */
  public Future<Conversation> conversation(String conversationId) {
    return get(path(conversationId)).map(Conversation::from);
  }

  /** Changes a conversation's title. */
  public Future<Conversation> setTitle(String conversationId, String title) {
    return update(conversationId, new JsonObject().put("title", title)).map(Conversation::from);
  }

  /** Changes what a conversation is called and how it is set; answers it as it is then. */
  public Future<JsonObject> update(String conversationId, JsonObject settings) {
    return call(HttpMethod.PATCH, path(conversationId), settings);
  }

  /**
   * A page of the inbox as the server sends it: items and nextCursor. {@code cursor} is null for
   * the first.
   */
  public Future<JsonObject> inbox(String cursor, int limit) {
    return get(
        "/v1/conversations?limit=" + limit + (cursor == null ? "" : "&cursor=" + segment(cursor)));
  }

  /**
   * Changes one's own settings of a conversation: {@code mutedUntil}, {@code archived}, {@code
   * pinnedRank}; null clears. What {@code inbox.updated} tells one's other devices.
   */
  public Future<JsonObject> changeSettings(String conversationId, JsonObject settings) {
    return call(HttpMethod.PATCH, path(conversationId) + "/settings", settings);
  }

  /** All members, page by page. */
  public Future<List<Member>> members(String conversationId) {
    return members(conversationId, null, new ArrayList<>());
  }

  private Future<List<Member>> members(String conversationId, String cursor, List<Member> before) {
    String query = "/members?limit=100" + (cursor == null ? "" : "&cursor=" + segment(cursor));
    return get(path(conversationId) + query)
        .compose(
            json -> {
              objects(json).forEach(item -> before.add(Member.from(item)));
              String next = json.getString("nextCursor");
              return next == null
                  ? Future.succeededFuture(before)
                  : members(conversationId, next, before);
            });
  }

  /** Adds a member, or gives one another role. */
  public Future<Void> putMember(String conversationId, String userId, String role) {
    return call(HttpMethod.PUT, member(conversationId, userId), new JsonObject().put("role", role))
        .mapEmpty();
  }

  /** Removes a member, or leaves. */
  public Future<Void> deleteMember(String conversationId, String userId) {
    return call(HttpMethod.DELETE, member(conversationId, userId), null).mapEmpty();
  }

  /** Sends a message without a socket. The same clientMsgId gives the same answer. */
  public Future<Ack> postMessage(String conversationId, String clientMsgId, String text) {
    return call(
            HttpMethod.POST, "/v1/messages", Sends.data(conversationId, clientMsgId, text, null))
        .map(Ack::from);
  }

  /** Gives a message of one's own another text. */
  public Future<Ack> editMessage(String messageId, String text) {
    JsonObject body = new JsonObject().put("body", new JsonObject().put("text", text));
    return call(HttpMethod.PATCH, "/v1/messages/" + segment(messageId), body).map(Ack::from);
  }

  /** Deletes a message for everybody. */
  public Future<Ack> deleteMessage(String messageId) {
    return call(HttpMethod.DELETE, "/v1/messages/" + segment(messageId), null).map(Ack::from);
  }

  /** A message as it is now. */
  public Future<Message> message(String messageId) {
    return get("/v1/messages/" + segment(messageId)).map(Message::from);
  }

  /** Messages after a changeSeq, oldest first, at most 100. */
  public Future<ChangePage> historyAfter(String conversationId, long changeSeq, int limit) {
    return history(conversationId, "after=" + changeSeq, limit);
  }

  /**
   * Messages before a changeSeq, newest first, at most 100; a negative one asks for the newest
   * page.
   */
  public Future<ChangePage> historyBefore(String conversationId, long changeSeq, int limit) {
    return history(conversationId, changeSeq < 0 ? "" : "before=" + changeSeq, limit);
  }

  private Future<ChangePage> history(String conversationId, String where, int limit) {
    return get(path(conversationId)
            + "/messages?limit="
            + limit
            + (where.isEmpty() ? "" : "&" + where))
        .map(ChangePage::ofHistory);
  }

  /** Changes after a changeSeq, ascending, at most 500. */
  public Future<ChangePage> changes(String conversationId, long after, int limit) {
    return get(path(conversationId) + "/changes?after=" + after + "&limit=" + limit)
        .map(ChangePage::ofChanges);
  }

  /** Moves one's own read cursor. */
  public Future<Void> read(String conversationId, long seq) {
    return call(HttpMethod.POST, path(conversationId) + "/read", new JsonObject().put("seq", seq))
        .mapEmpty();
  }

  /**
   * Moves many cursors: {@code read} by seq, {@code delivered} by changeSeq, both by conversation.
   */
  public Future<Void> receipts(JsonObject read, JsonObject delivered) {
    JsonObject body = new JsonObject().put("read", read).put("delivered", delivered);
    return call(HttpMethod.POST, "/v1/receipts:batch", body).mapEmpty();
  }

  /** Who has a message and who read it, as the server tells it. */
  public Future<JsonObject> receipts(String conversationId, long seq) {
    return get(path(conversationId) + "/receipts?seq=" + seq);
  }

  /**
   * What this device lacks of all conversations. {@code cursor} is the one of the page before,
   * which it then has for good, or null; with {@code waitSeconds} the server waits for something
   * where there is nothing.
   */
  public Future<SyncPage> sync(String cursor, int limit, int waitSeconds) {
    return get("/v1/sync?limit="
            + limit
            + (cursor == null ? "" : "&cursor=" + segment(cursor))
            + (waitSeconds == 0 ? "" : "&wait=" + waitSeconds))
        .map(SyncPage::from);
  }

  /** Succeeds where the server says that it is alive. */
  public Future<Void> health() {
    return get("/healthz").mapEmpty();
  }

  private Future<JsonObject> get(String path) {
    return call(HttpMethod.GET, path, null);
  }

  private Future<JsonObject> open(String path, JsonObject body) {
    return rest.call(HttpMethod.POST, path, null, body);
  }

  /** Any call of the API that has no method of its own; {@code body} may be null. */
  public Future<JsonObject> call(HttpMethod method, String path, JsonObject body) {
    if (credentials == null) {
      return rest.call(method, path, null, body);
    }
    return rest.call(method, path, credentials.session().accessToken(), body)
        .recover(
            failure ->
                failure instanceof ProblemException problem && problem.status() == 401
                    ? credentials
                        .refresh()
                        .compose(renewed -> rest.call(method, path, renewed.accessToken(), body))
                    : Future.failedFuture(failure));
  }

  private static String path(String conversationId) {
    return "/v1/conversations/" + segment(conversationId);
  }

  private static String member(String conversationId, String userId) {
    return path(conversationId) + "/members/" + segment(userId);
  }

  private static List<JsonObject> objects(JsonObject page) {
    JsonArray items = page.getJsonArray("items", new JsonArray());
    return items.stream().map(JsonObject.class::cast).toList();
  }
}

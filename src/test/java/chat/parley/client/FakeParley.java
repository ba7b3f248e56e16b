package chat.parley.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.ServerWebSocketHandshake;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * A server of one conversation, in memory, with the faults a test asks for. It speaks the protocol
 * as the client needs it; that the real server speaks it the same way is for the integration tests
 * to say. The sending connection is not sent its own message, which the protocol allows.
 */
public final class FakeParley {
  public static final String CONVERSATION = "c1";

  private static final int USUAL_FRAME_BYTES = 65_536;

  private record Connection(ServerWebSocket socket, String userId, String deviceId) {}

  private final Vertx vertx;
  private final Map<String, JsonObject> users = new LinkedHashMap<>();
  private final Map<String, JsonObject> tokens = new HashMap<>();
  private final Map<String, BitSet> visible = new HashMap<>();
  private final Set<String> members = new LinkedHashSet<>();
  private final Map<String, JsonObject> acks = new HashMap<>();
  private final List<JsonObject> log = new ArrayList<>();
  private final List<Connection> connections = new ArrayList<>();
  private HttpServer server;
  private long messages;
  private long lastToken;

  /** Live frames that do not arrive: user id and changeSeq. */
  public volatile BiPredicate<String, Long> lose = (userId, changeSeq) -> false;

  /** Every live frame arrives twice. */
  public volatile boolean doubleFrames;

  /** A repeated send becomes a second message: what dedupe is there to prevent. */
  public volatile boolean forgetSends;

  /** So many sends are stored and then not answered. */
  public volatile int unanswered;

  /** Behind more than this a device is sent a reset. */
  public volatile int syncBudget = 500;

  /** So many hellos are refused, each with a window to come back in. */
  public volatile int refusedHellos;

  /** That window. */
  public volatile long helloRetryAfterMs;

  /** So many connections are lost between their welcome and the end of their sync. */
  public volatile int brokenSyncs;

  /** What is answered to whoever asks for the receipts of a conversation. */
  public volatile JsonObject receipts = new JsonObject().put("items", new JsonArray());

  /** What the welcome says. */
  public volatile int heartbeatMs = 200;

  /** A longer frame closes the socket for good, as the real server does it. */
  public volatile int maxFrameBytes = USUAL_FRAME_BYTES;

  /** Nobody can sign up. */
  public volatile boolean signUpOff;

  /** Everything is refused with 503, sockets too. */
  public volatile boolean down;

  /** Problems that answer the next sends, in this order. */
  public final Queue<JsonObject> problems = new ArrayDeque<>();

  /** Frames that clients sent, except message.send. */
  public final List<JsonObject> frames = new CopyOnWriteArrayList<>();

  public FakeParley(Vertx vertx) {
    this.vertx = vertx;
  }

  public Future<URI> start() {
    Router router = Router.router(vertx);
    router.route().handler(context -> refuseWhenDown(context));
    router.route().handler(BodyHandler.create(false));
    router.get("/healthz").handler(context -> answer(context, 200, new JsonObject()));
    router.post("/v1/accounts").handler(this::account);
    router.post("/v1/sessions").handler(this::session);
    router.post("/v1/sessions/refresh").handler(this::refresh);
    router.patch("/v1/users/me").handler(this::profile);
    router.post("/v1/conversations").handler(this::create);
    router.put("/v1/conversations/:id/members/:user").handler(this::join);
    router.delete("/v1/conversations/:id/members/:user").handler(this::leave);
    router.get("/v1/conversations/:id/changes").handler(this::changes);
    router.get("/v1/conversations/:id/messages").handler(this::history);
    router
        .get("/v1/conversations/:id/receipts")
        .handler(context -> signedIn(context, userId -> answer(context, 200, receipts)));
    router.post("/v1/messages").handler(this::post);
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    // A frame that is too long has to come in to be refused.
                    .setMaxWebSocketFrameSize(4 * USUAL_FRAME_BYTES)
                    .setMaxWebSocketMessageSize(4 * USUAL_FRAME_BYTES))
            .requestHandler(router)
            .webSocketHandshakeHandler(this::handshake)
            .webSocketHandler(this::connected);
    return server.listen().map(s -> URI.create("http://127.0.0.1:" + s.actualPort()));
  }

  private void handshake(ServerWebSocketHandshake handshake) {
    if (down) {
      handshake.reject(503);
    } else {
      handshake.accept();
    }
  }

  private void refuseWhenDown(RoutingContext context) {
    if (down) {
      answer(context, 503, problem(503, "unavailable", true));
    } else {
      context.next();
    }
  }

  public static JsonObject problem(int status, String code, boolean retryable) {
    return new JsonObject().put("status", status).put("code", code).put("retryable", retryable);
  }

  private static void answer(RoutingContext context, int status, JsonObject body) {
    context
        .response()
        .setStatusCode(status)
        .putHeader("Content-Type", "application/json")
        .end(body.encode());
  }

  /** Closes every socket with this code. */
  public void closeAll(int code) {
    new ArrayList<>(connections).forEach(connection -> connection.socket.close((short) code));
  }

  /** Writes a frame to every socket, whatever it says. */
  public void tell(String type, JsonObject data) {
    String frame = frame(type, null, data);
    new ArrayList<>(connections).forEach(connection -> connection.socket.writeTextMessage(frame));
  }

  /** Asks every socket for a new token. */
  public void askForTokens() {
    JsonObject soon = new JsonObject().put("expiresAt", "soon");
    new ArrayList<>(connections)
        .forEach(connection -> connection.socket.writeTextMessage(frame("reauth", null, soon)));
  }

  /** Forgets all access tokens, as time does. */
  public void expireTokens() {
    tokens.keySet().removeIf(token -> token.startsWith("a"));
  }

  /** Members that are there without a join in the log, as those of a dm. */
  public void makeMembers(String... userIds) {
    members.addAll(List.of(userIds));
  }

  public List<JsonObject> log() {
    return log;
  }

  private void account(RoutingContext context) {
    if (signUpOff) {
      answer(context, 403, problem(403, "forbidden", false));
      return;
    }
    JsonObject body = context.body().asJsonObject();
    JsonObject user =
        new JsonObject()
            .put("userId", "u" + (users.size() + 1))
            .put("handle", body.getString("handle"))
            .put("displayName", body.getString("displayName"));
    boolean taken = users.putIfAbsent(body.getString("handle"), user) != null;
    answer(context, taken ? 409 : 201, taken ? problem(409, "conflict", false) : user);
  }

  private void session(RoutingContext context) {
    JsonObject user = users.get(context.body().asJsonObject().getString("handle"));
    answer(context, 201, newTokens(user.getString("userId"), "d" + ++lastToken));
  }

  private JsonObject newTokens(String userId, String deviceId) {
    JsonObject session = new JsonObject().put("userId", userId).put("deviceId", deviceId);
    String access = "a" + ++lastToken;
    String refresh = "r" + lastToken;
    tokens.put(access, session);
    tokens.put(refresh, session);
    return session
        .copy()
        .put("accessToken", access)
        .put("refreshToken", refresh)
        .put("expiresAt", "later");
  }

  private void refresh(RoutingContext context) {
    JsonObject session = tokens.get(context.body().asJsonObject().getString("refreshToken"));
    answer(context, 201, newTokens(session.getString("userId"), session.getString("deviceId")));
  }

  private void signedIn(RoutingContext context, Consumer<String> then) {
    inSession(context, session -> then.accept(session.getString("userId")));
  }

  private void inSession(RoutingContext context, Consumer<JsonObject> then) {
    String header = context.request().getHeader("Authorization");
    JsonObject session = header == null ? null : tokens.get(header.substring("Bearer ".length()));
    if (session == null) {
      answer(context, 401, problem(401, "unauthenticated", false));
    } else {
      then.accept(session);
    }
  }

  private void post(RoutingContext context) {
    inSession(
        context,
        session -> {
          Connection none =
              new Connection(null, session.getString("userId"), session.getString("deviceId"));
          JsonObject outcome = outcome(none, context.body().asJsonObject());
          answer(context, outcome.getInteger("status", 201), outcome);
        });
  }

  private void profile(RoutingContext context) {
    signedIn(context, userId -> answer(context, 200, new JsonObject().put("userId", userId)));
  }

  private void create(RoutingContext context) {
    signedIn(
        context,
        userId -> {
          members.add(userId);
          JsonArray others = context.body().asJsonObject().getJsonArray("memberIds");
          others.forEach(other -> members.add((String) other));
          List.copyOf(members)
              .forEach(member -> append(change("member.joined", userId, member), null));
          answer(
              context,
              201,
              new JsonObject().put("conversationId", CONVERSATION).put("type", "group"));
        });
  }

  private void join(RoutingContext context) {
    signedIn(
        context,
        userId -> {
          String joining = context.pathParam("user");
          if (members.add(joining)) {
            append(change("member.joined", userId, joining), null);
          }
          answer(context, 200, new JsonObject());
        });
  }

  private void leave(RoutingContext context) {
    signedIn(
        context,
        userId -> {
          String leaving = context.pathParam("user");
          if (!members.contains(leaving)) {
            answer(context, 404, problem(404, "not_found", false));
            return;
          }
          append(change("member.left", userId, leaving), null);
          members.remove(leaving);
          answer(context, 200, new JsonObject());
        });
  }

  private static JsonObject change(String type, String actorId, String memberId) {
    JsonObject change = new JsonObject().put("type", type).put("actorId", actorId);
    return change.put("member", new JsonObject().put("userId", memberId).put("role", "member"));
  }

  /** Numbers a change, keeps it and sends it to every member's device but the one it comes from. */
  private JsonObject append(JsonObject change, Connection from) {
    long changeSeq = log.size() + 1;
    change.put("conversationId", CONVERSATION).put("changeSeq", changeSeq).put("at", "now");
    if (change.getString("type").equals("message.new")) {
      change.getJsonObject("message").put("seq", ++messages);
    }
    change.put("seq", messages);
    log.add(change);
    members.forEach(member -> visible(member).set((int) changeSeq));
    String frame = frame(change.getString("type"), null, change);
    for (Connection connection : connections) {
      if (connection != from
          && members.contains(connection.userId)
          && !lose.test(connection.userId, changeSeq)) {
        connection.socket.writeTextMessage(frame);
        if (doubleFrames) {
          connection.socket.writeTextMessage(frame);
        }
      }
    }
    return change;
  }

  private BitSet visible(String userId) {
    return visible.computeIfAbsent(userId, id -> new BitSet());
  }

  private static String frame(String type, String id, JsonObject data) {
    return new JsonObject().put("t", type).put("id", id).put("d", data).encode();
  }

  private JsonObject page(String userId, long after, int limit) {
    JsonArray items = new JsonArray();
    int number = visible(userId).nextSetBit((int) after + 1);
    while (number >= 0 && items.size() < limit) {
      items.add(log.get(number - 1));
      number = visible(userId).nextSetBit(number + 1);
    }
    return new JsonObject()
        .put("conversationId", CONVERSATION)
        .put("items", items)
        .put("headChangeSeq", log.size())
        .put("hasMore", number >= 0);
  }

  private static int number(RoutingContext context, String name) {
    return Integer.parseInt(context.queryParam(name).get(0));
  }

  private void changes(RoutingContext context) {
    signedIn(
        context,
        userId ->
            answer(context, 200, page(userId, number(context, "after"), number(context, "limit"))));
  }

  private void history(RoutingContext context) {
    int limit = number(context, "limit");
    int after = number(context, "after");
    List<JsonObject> found =
        log.stream()
            .filter(change -> change.getLong("changeSeq") > after && change.containsKey("message"))
            .map(
                change ->
                    change
                        .getJsonObject("message")
                        .copy()
                        .put("conversationId", CONVERSATION)
                        .put("changeSeq", change.getLong("changeSeq")))
            .toList();
    JsonArray items = new JsonArray(found.subList(0, Math.min(limit, found.size())));
    signedIn(
        context,
        userId ->
            answer(
                context,
                200,
                new JsonObject().put("items", items).put("hasMore", found.size() > limit)));
  }

  private void connected(ServerWebSocket socket) {
    Connection[] connection = new Connection[1];
    socket.closeHandler(v -> connections.remove(connection[0]));
    socket.textMessageHandler(
        text -> {
          if (text.getBytes(StandardCharsets.UTF_8).length > maxFrameBytes) {
            socket.close((short) 4202);
            return;
          }
          JsonObject frame = new JsonObject(text);
          JsonObject data = frame.getJsonObject("d");
          if (connection[0] == null) {
            frames.add(frame);
            connection[0] = hello(socket, data);
          } else if (frame.getString("t").equals("message.send")) {
            send(connection[0], frame.getString("id"), data);
          } else {
            frames.add(frame);
            other(connection[0], frame, data);
          }
        });
  }

  private Connection hello(ServerWebSocket socket, JsonObject data) {
    JsonObject session = tokens.get(data.getString("token"));
    if (session == null) {
      socket.close((short) 4100);
      return null;
    }
    if (refusedHellos > 0) {
      refusedHellos--;
      JsonObject later = problem(503, "overloaded", true).put("retryAfterMs", helloRetryAfterMs);
      socket.writeTextMessage(frame("error", null, later));
      socket.close((short) 4000);
      return null;
    }
    String userId = session.getString("userId");
    Connection connection = new Connection(socket, userId, session.getString("deviceId"));
    JsonObject limits = new JsonObject().put("maxFrameBytes", maxFrameBytes);
    JsonObject welcome = session.copy().put("heartbeatMs", heartbeatMs).put("limits", limits);
    socket.writeTextMessage(frame("welcome", null, welcome));
    socket.writeTextMessage(frame("sync.begin", null, new JsonObject()));
    if (brokenSyncs > 0) {
      brokenSyncs--;
      socket.close((short) 4000);
      return null;
    }
    long after = data.getJsonObject("cursors").getLong(CONVERSATION, 0L);
    JsonArray items = page(userId, after, Integer.MAX_VALUE).getJsonArray("items");
    JsonObject heads = new JsonObject();
    if (items.size() > syncBudget) {
      JsonObject reset =
          new JsonObject().put("conversationId", CONVERSATION).put("headChangeSeq", log.size());
      socket.writeTextMessage(frame("sync.reset", null, reset));
    } else {
      for (int i = 0; i < items.size(); i++) {
        JsonObject change = items.getJsonObject(i);
        socket.writeTextMessage(frame(change.getString("type"), null, change));
        heads.put(CONVERSATION, change.getLong("changeSeq"));
      }
    }
    // Before the last word: who has heard it may count on being told what a test tells next.
    connections.add(connection);
    socket.writeTextMessage(frame("sync.end", null, new JsonObject().put("heads", heads)));
    return connection;
  }

  private void send(Connection connection, String id, JsonObject data) {
    JsonObject outcome = outcome(connection, data);
    if (outcome.containsKey("status")) {
      connection.socket.writeTextMessage(frame("error", id, outcome));
    } else if (unanswered > 0) {
      unanswered--;
    } else {
      connection.socket.writeTextMessage(frame("ack", id, outcome));
    }
  }

  /** The ack of a send, or the problem with it. */
  private JsonObject outcome(Connection connection, JsonObject data) {
    JsonObject problem = problems.poll();
    if (problem == null && !members.contains(connection.userId)) {
      problem = problem(403, "not_a_member", false);
    }
    if (problem != null) {
      return problem;
    }
    String key =
        connection.userId + '/' + connection.deviceId + '/' + data.getString("clientMsgId");
    JsonObject ack = forgetSends ? null : acks.get(key);
    boolean replayed = ack != null;
    if (!replayed) {
      ack = store(connection, data);
      acks.put(key, ack);
    }
    return ack.copy().put("replayed", replayed);
  }

  private JsonObject store(Connection connection, JsonObject data) {
    JsonObject message =
        new JsonObject()
            .put("messageId", "m" + (messages + 1))
            .put("senderId", connection.userId)
            .put("senderDeviceId", connection.deviceId)
            .put("clientMsgId", data.getString("clientMsgId"))
            .put("createdAt", "now")
            .put("body", data.getJsonObject("body"));
    JsonObject change =
        append(
            new JsonObject()
                .put("type", "message.new")
                .put("actorId", connection.userId)
                .put("message", message),
            connection);
    return new JsonObject()
        .put("conversationId", CONVERSATION)
        .put("clientMsgId", data.getString("clientMsgId"))
        .put("messageId", message.getString("messageId"))
        .put("seq", change.getLong("seq"))
        .put("changeSeq", change.getLong("changeSeq"))
        .put("createdAt", "now")
        .put("durability", "persisted");
  }

  private void other(Connection connection, JsonObject frame, JsonObject data) {
    String id = frame.getString("id");
    switch (frame.getString("t")) {
      case "ping" -> connection.socket.writeTextMessage(frame("pong", id, new JsonObject()));
      case "sync" ->
          connection.socket.writeTextMessage(
              frame(
                  "changes",
                  id,
                  page(connection.userId, data.getLong("after"), data.getInteger("limit"))));
      default -> {
        // Receipts and the like are only looked at by tests.
      }
    }
  }

  /** Frames of a type that clients have sent. */
  public List<JsonObject> framesOf(String type) {
    return frames.stream().filter(frame -> frame.getString("t").equals(type)).toList();
  }
}

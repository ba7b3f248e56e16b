package chat.parley.conformance;

import chat.parley.testing.Await;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.StaticHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/**
 * A server of one user's one conversation that does what a scenario says, faults included, over
 * real connections: WebSocket and SockJS. It answers syncs, sends and renewals as the protocol
 * wants; that the real server does so too is for the integration tests to say.
 */
public final class ScenarioServer implements AutoCloseable {
  static final String CONVERSATION = "c1";
  private static final String SOCKJS_SCRIPT =
      "META-INF/resources/webjars/sockjs-client/1.6.1/dist/sockjs.min.js";
  private static final int HEARTBEAT_MS = 1_000;

  private final Vertx vertx = Vertx.vertx();
  private final Context loop = vertx.getOrCreateContext();
  private final List<JsonObject> log = new ArrayList<>();
  private final Map<String, JsonObject> acks = new HashMap<>();
  private final Set<Long> hidden = new HashSet<>();
  private final List<Wire> wires = new ArrayList<>();
  private final List<Long> hellos = new CopyOnWriteArrayList<>();
  private final Map<String, UnaryOperator<String>> mutations;
  private HttpServer server;
  private String token = "a1";
  private long slowMs;
  private int budget = 500;
  private int swallow;
  private int refuse;
  private long retryAfterMs;
  private volatile int renewals;
  private volatile int reauths;
  private volatile int stored;

  private ScenarioServer(Map<String, UnaryOperator<String>> mutations) {
    this.mutations = mutations;
  }

  /** A server that listens on loopback. */
  public static ScenarioServer start() {
    return start(Map.of());
  }

  /** One that gives the browser altered files of the SDK: a mutant, by path. */
  public static ScenarioServer start(Map<String, UnaryOperator<String>> mutations) {
    ScenarioServer made = new ScenarioServer(mutations);
    Await.join(made.onLoop(made::listen).compose(listening -> listening));
    return made;
  }

  private Future<HttpServer> listen() {
    Router router = Router.router(vertx);
    mutations.forEach(
        (path, mutate) ->
            router
                .get(path)
                .handler(context -> script(context, mutate.apply(webFile(path.substring(1))))));
    router.get("/v1/ws").handler(this::webSocket);
    router.post("/v1/sockjs/*").handler(BodyHandler.create(false));
    router
        .route("/v1/sockjs/*")
        .subRouter(
            SockJSHandler.create(vertx, new SockJSHandlerOptions())
                .socketHandler(
                    socket -> {
                      Wire wire = Wire.of(vertx, slowMs, socket);
                      socket.handler(text -> hear(wire, text.toString()));
                      socket.closeHandler(closed -> wires.remove(wire));
                    }));
    router.post("/v1/sessions/refresh").handler(BodyHandler.create(false)).handler(this::refresh);
    router.get("/v1/conversations").handler(context -> json(context, page(List.of())));
    router.get("/healthz").handler(context -> json(context, new JsonObject()));
    router.get("/lib/sockjs.min.js").handler(context -> context.response().sendFile(SOCKJS_SCRIPT));
    for (String name : List.of("device.js", "parts.js")) {
      router.get("/" + name).handler(context -> script(context, Scenario.resource(name)));
    }
    router
        .get("/device.html")
        .handler(
            context ->
                context
                    .response()
                    .putHeader("Content-Type", "text/html")
                    .end("<!doctype html><script type=module src=/device.js></script>"));
    router.route().handler(StaticHandler.create("web"));
    server =
        vertx
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(router);
    return server.listen();
  }

  private String webFile(String path) {
    return vertx.fileSystem().readFileBlocking("web/" + path).toString();
  }

  /** Its root. */
  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.actualPort());
  }

  @Override
  public void close() {
    Await.join(vertx.close());
  }

  private <T> Future<T> onLoop(Callable<T> work) {
    return Future.future(
        promise ->
            loop.runOnContext(
                run -> {
                  try {
                    promise.complete(work.call());
                  } catch (Exception e) {
                    promise.fail(e);
                  }
                }));
  }

  private void step(Runnable work) {
    Await.join(
        onLoop(
            () -> {
              work.run();
              return null;
            }));
  }

  // --- what a scenario does ---

  /** Commits up to the highest of these and sends these, in this order, to whoever is connected. */
  void deliver(List<Long> changeSeqs) {
    step(
        () ->
            changeSeqs.forEach(
                number -> {
                  append(number);
                  live(log.get((int) (number - 1)));
                }));
  }

  /** Commits without sending. */
  void commit(int upTo) {
    step(() -> append(upTo));
  }

  void hide(List<Long> changeSeqs) {
    step(() -> hidden.addAll(changeSeqs));
  }

  void budget(int changes) {
    step(() -> budget = changes);
  }

  void slow(long eachFrameMs) {
    step(() -> slowMs = eachFrameMs);
  }

  void swallowAcks(int count) {
    step(() -> swallow = count);
  }

  void refuseSends(int count, long afterMs) {
    step(
        () -> {
          refuse = count;
          retryAfterMs = afterMs;
        });
  }

  void cut() {
    step(() -> List.copyOf(wires).forEach(Wire::cut));
  }

  void close(int code) {
    step(() -> List.copyOf(wires).forEach(wire -> wire.close(code)));
  }

  void drain(long reconnectAfterMs) {
    step(
        () -> {
          JsonObject when = new JsonObject().put("reconnectAfterMs", reconnectAfterMs);
          List.copyOf(wires).forEach(wire -> wire.write(frame("server.draining", null, when)));
          List.copyOf(wires).forEach(wire -> wire.close(4011));
        });
  }

  void expire() {
    step(() -> token = "a2");
  }

  /** The token is about to end: asks everybody for a new one. */
  void reauth() {
    step(
        () -> {
          token = "a2";
          JsonObject when = new JsonObject().put("expiresAt", "2026-01-01T00:00:30.000Z");
          List.copyOf(wires).forEach(wire -> wire.write(frame("reauth", null, when)));
        });
  }

  // --- what a scenario looks at ---

  /** The conversation's cursor in each hello so far; 0 where it had none. */
  List<Long> hellos() {
    return hellos;
  }

  int renewals() {
    return renewals;
  }

  /** New tokens that were brought on an open socket. */
  int reauths() {
    return reauths;
  }

  /** Messages of the device that were stored. */
  int stored() {
    return stored;
  }

  // --- the protocol ---

  private void append(long upTo) {
    while (log.size() < upTo) {
      message("u2", "m" + (log.size() + 1), new JsonObject().put("text", "said by the other"));
    }
  }

  private JsonObject message(String sender, String clientMsgId, JsonObject body) {
    long number = log.size() + 1L;
    JsonObject message =
        new JsonObject()
            .put("messageId", "id" + number)
            .put("seq", number)
            .put("senderId", sender)
            .put("senderDeviceId", "d1")
            .put("clientMsgId", clientMsgId)
            .put("createdAt", "2026-01-01T00:00:00.000Z")
            .put("body", body)
            .put("attachments", new JsonArray())
            .put("mentions", new JsonArray());
    JsonObject change =
        new JsonObject()
            .put("type", "message.new")
            .put("conversationId", CONVERSATION)
            .put("changeSeq", number)
            .put("seq", number)
            .put("at", "2026-01-01T00:00:00.000Z")
            .put("actorId", sender)
            .put("message", message);
    log.add(change);
    return change;
  }

  private void live(JsonObject change) {
    String text = frame(change.getString("type"), null, change);
    wires.stream().filter(wire -> wire.live).forEach(wire -> wire.write(text));
  }

  private static String frame(String type, String id, JsonObject data) {
    JsonObject frame = new JsonObject().put("t", type);
    if (id != null) {
      frame.put("id", id);
    }
    return frame.put("d", data).encode();
  }

  private void webSocket(RoutingContext context) {
    context
        .request()
        .toWebSocket()
        .onSuccess(
            socket -> {
              Wire wire = Wire.of(vertx, slowMs, socket, context.request().connection());
              socket.textMessageHandler(text -> hear(wire, text));
              socket.closeHandler(closed -> wires.remove(wire));
            });
  }

  private void hear(Wire wire, String text) {
    JsonObject frame = new JsonObject(text);
    JsonObject data = frame.getJsonObject("d", new JsonObject());
    String id = frame.getString("id");
    switch (frame.getString("t")) {
      case "hello" -> hello(wire, data);
      case "ping" -> wire.write(frame("pong", id, new JsonObject()));
      case "sync" ->
          wire.write(
              frame(
                  "changes",
                  id,
                  page(after(data.getLong("after"), data.getInteger("limit", 100)))
                      .put("conversationId", CONVERSATION)));
      case "message.send" -> send(wire, id, data);
      case "reauth" -> {
        if (token.equals(data.getString("token"))) {
          reauths++;
          wire.write(
              frame("ack", id, new JsonObject().put("expiresAt", "2999-01-01T00:00:00.000Z")));
        }
      }
      default -> {
        // Receipts want no answer.
      }
    }
  }

  private void hello(Wire wire, JsonObject data) {
    if (!token.equals(data.getString("token"))) {
      wire.close(4100);
      return;
    }
    long cursor = data.getJsonObject("cursors", new JsonObject()).getLong(CONVERSATION, 0L);
    wires.add(wire);
    hellos.add(cursor);
    JsonObject welcome = new JsonObject().put("userId", "u1").put("deviceId", "d1");
    wire.write(frame("welcome", null, welcome.put("heartbeatMs", HEARTBEAT_MS)));
    wire.write(frame("sync.begin", null, new JsonObject()));
    if (log.size() - cursor > budget) {
      JsonObject head = new JsonObject().put("conversationId", CONVERSATION);
      head.put("headSeq", log.size()).put("headChangeSeq", log.size());
      wire.write(frame("sync.reset", null, head));
    } else {
      after(cursor, budget).forEach(one -> wire.write(frame(one.getString("type"), null, one)));
    }
    JsonObject heads = new JsonObject().put(CONVERSATION, log.size());
    wire.write(frame("sync.end", null, new JsonObject().put("heads", heads)));
    wire.live = true;
  }

  private List<JsonObject> after(long cursor, int limit) {
    return log.stream()
        .skip(cursor)
        .filter(change -> !hidden.contains(change.getLong("changeSeq")))
        .limit(limit)
        .toList();
  }

  private JsonObject page(List<JsonObject> items) {
    long last = items.isEmpty() ? log.size() : items.get(items.size() - 1).getLong("changeSeq");
    return new JsonObject()
        .put("items", new JsonArray(items))
        .put("headChangeSeq", log.size())
        .put("hasMore", last < log.size())
        .putNull("nextCursor");
  }

  private void send(Wire wire, String id, JsonObject data) {
    if (refuse > 0) {
      refuse--;
      JsonObject problem = new JsonObject().put("status", 503).put("code", "overloaded");
      problem.put("retryable", true).put("retryAfterMs", retryAfterMs);
      wire.write(frame("error", id, problem));
      return;
    }
    String key = data.getString("clientMsgId");
    JsonObject ack = acks.get(key);
    boolean replayed = ack != null;
    if (!replayed) {
      ack = ack(message("u1", key, data.getJsonObject("body")));
      acks.put(key, ack);
      stored++;
    }
    if (swallow > 0) {
      swallow--;
    } else {
      wire.write(frame("ack", id, ack.copy().put("replayed", replayed)));
    }
  }

  private static JsonObject ack(JsonObject change) {
    JsonObject message = change.getJsonObject("message");
    return new JsonObject()
        .put("conversationId", CONVERSATION)
        .put("clientMsgId", message.getString("clientMsgId"))
        .put("messageId", message.getString("messageId"))
        .put("seq", change.getLong("seq"))
        .put("changeSeq", change.getLong("changeSeq"))
        .put("createdAt", message.getString("createdAt"))
        .put("durability", "persisted");
  }

  private void refresh(RoutingContext context) {
    renewals++;
    json(
        context,
        new JsonObject()
            .put("userId", "u1")
            .put("deviceId", "d1")
            .put("accessToken", token)
            .put("refreshToken", "r2")
            .put("expiresAt", "2999-01-01T00:00:00.000Z"));
  }

  private static void script(RoutingContext context, String text) {
    context.response().putHeader("Content-Type", "text/javascript; charset=utf-8").end(text);
  }

  private static void json(RoutingContext context, JsonObject body) {
    context.response().putHeader("Content-Type", "application/json").end(body.encode());
  }
}
